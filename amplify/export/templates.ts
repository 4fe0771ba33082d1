/** Mapping templates as text: deployment-time values become `{{placeholders}}`. */
import { readFileSync } from 'node:fs';

import {
  assetFile,
  ExportError,
  target,
  type Assembly,
  type Expression,
  type Resource,
  type Stack,
  type Target,
} from './assembly';

/** The text of `RequestMappingTemplate` or `ResponseMappingTemplate`, inline or in an asset. */
export function templateText(
  assembly: Assembly,
  stack: Stack,
  resource: Resource,
  property: string,
): string {
  const location = resource.Properties[`${property}S3Location`];
  return location === undefined
    ? text(stack, resource.Properties[property])
    : readFileSync(assetFile(assembly, location), 'utf8');
}

/** A string, or a join of strings and references. */
function text(stack: Stack, expression: Expression | undefined): string {
  if (typeof expression === 'string') {
    return expression;
  }
  const joined = (expression as { 'Fn::Join'?: [string, Expression[]] } | undefined)?.['Fn::Join'];
  if (joined === undefined) {
    return `{{${placeholder(stack, expression)}}}`;
  }
  return joined[1].map((part) => text(stack, part)).join(joined[0]);
}

function placeholder(stack: Stack, expression: Expression | undefined): string {
  const found = target(stack, expression) ?? tableOf(stack, expression);
  if (found === undefined) {
    throw new ExportError(`cannot name ${JSON.stringify(expression)}`);
  }
  return found.kind === 'pseudo' ? pseudoName(found.name) : resourceName(found);
}

/** CDK cuts a table's name out of its ARN by nested Select and Split. */
function tableOf(stack: Stack, expression: Expression | undefined): Target | undefined {
  const select = (expression as { 'Fn::Select'?: [number, Expression] } | undefined)?.[
    'Fn::Select'
  ];
  const split = (select?.[1] as { 'Fn::Split'?: [string, Expression] } | undefined)?.['Fn::Split'];
  return split && (target(stack, split[1]) ?? tableOf(stack, split[1]));
}

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::AccountId': 'accountId',
  'AWS::Partition': 'partition',
  'AWS::Region': 'region',
};

function pseudoName(name: string): string {
  const found = PSEUDO_PARAMETERS[name];
  if (found === undefined) {
    throw new ExportError(`no placeholder for ${name}`);
  }
  return found;
}

function resourceName({ resource, logicalId }: Target & { kind: 'resource' }): string {
  switch (resource.Type) {
    case 'AWS::AppSync::GraphQLApi':
      return 'apiId';
    case 'Custom::AmplifyDynamoDBTable':
      return `table.${modelOf(logicalId)}`;
    case 'AWS::Cognito::IdentityPool':
      return 'identityPoolId';
    case 'AWS::IAM::Role':
      return logicalId.includes('unauthenticated') ? 'unauthRole' : 'authRole';
    default:
      throw new ExportError(`no placeholder for ${resource.Type} ${logicalId}`);
  }
}

/** Amplify names a model's table resource `<Model>Table`. */
export function modelOf(tableLogicalId: string): string {
  return tableLogicalId.replace(/Table$/, '');
}
