/** The API's schema, and what its directives say. */
import {
  buildASTSchema,
  concatAST,
  Kind,
  parse,
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

import { awsScalars, type JsonOutput } from './scalars';

const AWS_DEFINITIONS = `
  directive @aws_api_key on FIELD_DEFINITION | OBJECT
  directive @aws_iam on FIELD_DEFINITION | OBJECT
  directive @aws_oidc on FIELD_DEFINITION | OBJECT
  directive @aws_lambda on FIELD_DEFINITION | OBJECT
  directive @aws_cognito_user_pools(cognito_groups: [String!]) on FIELD_DEFINITION | OBJECT
  directive @aws_auth(cognito_groups: [String!]!) on FIELD_DEFINITION
  directive @aws_subscribe(mutations: [String!]) on FIELD_DEFINITION
`;

export function buildSchema(sdl: string, jsonOutput: JsonOutput): GraphQLSchema {
  const scalars = awsScalars(jsonOutput);
  const declared = Object.keys(scalars).map((name) => `scalar ${name}`);
  const schema = buildASTSchema(
    concatAST([parse(sdl), parse(AWS_DEFINITIONS + declared.join('\n'))]),
  );
  for (const [name, scalar] of Object.entries(scalars)) {
    Object.assign(schema.getType(name) ?? {}, behaviourOf(scalar));
  }
  return schema;
}

function behaviourOf({
  serialize,
  parseValue,
  parseLiteral,
}: ReturnType<typeof awsScalars>[string]): object {
  return { serialize, parseValue, parseLiteral };
}

/** Subscription fields by the mutation that fires them. */
export function subscriptionsByMutation(schema: GraphQLSchema): Map<string, string[]> {
  const byMutation = new Map<string, string[]>();
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    for (const mutation of mutationsOf(field)) {
      byMutation.set(mutation, [...(byMutation.get(mutation) ?? []), field.name]);
    }
  }
  return byMutation;
}

function mutationsOf(field: GraphQLField<unknown, unknown>): string[] {
  return directivesOf(field.astNode).flatMap((directive) =>
    directive.name.value === 'aws_subscribe' ? listArgument(directive, 'mutations') : [],
  );
}

export type AuthorizationMode =
  'API_KEY' | 'AWS_IAM' | 'AMAZON_COGNITO_USER_POOLS' | 'OPENID_CONNECT' | 'AWS_LAMBDA';

/** The modes that may see a field, each with the groups it is limited to (none: no limit). */
export type Admitted = Map<AuthorizationMode, string[]>;

const MODES: Record<string, AuthorizationMode> = {
  aws_api_key: 'API_KEY',
  aws_iam: 'AWS_IAM',
  aws_oidc: 'OPENID_CONNECT',
  aws_lambda: 'AWS_LAMBDA',
  aws_cognito_user_pools: 'AMAZON_COGNITO_USER_POOLS',
  aws_auth: 'AMAZON_COGNITO_USER_POOLS',
};

/** Directives of the field win over those of its type; with neither, the API's default mode alone. */
export function admittedModes(
  parent: GraphQLObjectType,
  fieldName: string,
  defaultMode: AuthorizationMode,
): Admitted {
  const field = modesOf(parent.getFields()[fieldName]?.astNode);
  const type = modesOf(parent.astNode);
  return field.size > 0 ? field : type.size > 0 ? type : new Map([[defaultMode, []]]);
}

interface WithDirectives {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

function modesOf(node: WithDirectives | null | undefined): Admitted {
  const admitted: Admitted = new Map();
  for (const directive of directivesOf(node)) {
    const mode = MODES[directive.name.value];
    if (mode !== undefined) {
      admitted.set(mode, listArgument(directive, 'cognito_groups'));
    }
  }
  return admitted;
}

function directivesOf(node: WithDirectives | null | undefined): readonly ConstDirectiveNode[] {
  return node?.directives ?? [];
}

function listArgument(directive: ConstDirectiveNode, name: string): string[] {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  const items = value?.kind === Kind.LIST ? value.values : [];
  return items.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []));
}
