/** The resolvers of the API, their functions, data sources and tables, as one manifest. */
import {
  allStacks,
  ExportError,
  target,
  type Assembly,
  type Expression,
  type Resource,
  type Stack,
} from './assembly';
import { modelOf, templateText } from './templates';

interface KeySchema {
  attributeName: string;
  keyType: 'HASH' | 'RANGE';
}

export interface Table {
  attributeDefinitions: { attributeName: string; attributeType: 'S' | 'N' | 'B' }[];
  keySchema: KeySchema[];
  globalSecondaryIndexes: {
    indexName: string;
    keySchema: KeySchema[];
    projection: { projectionType: string };
  }[];
  /** The attribute by which rows expire. */
  timeToLive?: string;
}

export interface DataSource {
  type: string;
  /** The model whose table it reads and writes. */
  table?: string;
}

/** The names of two templates in VTL, or of one module and the runtime that it is for. */
export interface Mapping {
  request?: string;
  response?: string;
  runtime?: string;
  code?: string;
}

export interface PipelineFunction extends Mapping {
  dataSource: string;
}

export interface Resolver extends Mapping {
  type: string;
  field: string;
  functions: string[];
}

export interface Manifest {
  authorization: { default: string; additional: string[] };
  /** Of one request. */
  limits: { queryDepth: number; resolverCount: number };
  /** `DISABLED` while anybody with the API key could ask for the schema. */
  introspection: string;
  tables: Record<string, Table>;
  dataSources: Record<string, DataSource>;
  functions: Record<string, PipelineFunction>;
  resolvers: Resolver[];
}

interface Found {
  stack: Stack;
  logicalId: string;
  resource: Resource;
}

/** Names a template's text and keeps it; equal texts share a name. */
export type KeepTemplate = (slot: string, text: string, language?: 'js' | 'vtl') => string;

export function readManifest(assembly: Assembly, root: Stack, keep: KeepTemplate): Manifest {
  const find = (type: string): Found[] => resourcesOf(root, type);
  const functions = find('AWS::AppSync::FunctionConfiguration').sort(byName);
  return {
    ...apiSettings(only(find('AWS::AppSync::GraphQLApi'))),
    tables: record(find('Custom::AmplifyDynamoDBTable'), ({ logicalId, resource }) => [
      modelOf(logicalId),
      table(resource),
    ]),
    dataSources: record(find('AWS::AppSync::DataSource'), (found) => [
      nameOf(found),
      dataSource(found),
    ]),
    functions: record(functions, (found) => [
      nameOf(found),
      pipelineFunction(assembly, found, keep),
    ]),
    resolvers: find('AWS::AppSync::Resolver')
      .sort(byField)
      .map((found) => resolver(assembly, found, keep)),
  };
}

function resourcesOf(root: Stack, type: string): Found[] {
  return allStacks(root).flatMap((stack) =>
    Object.entries(stack.template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, resource]) => ({ stack, logicalId, resource })),
  );
}

function record<T>(found: Found[], entry: (found: Found) => [string, T]): Record<string, T> {
  return Object.fromEntries(found.map(entry).sort(([a], [b]) => compare(a, b)));
}

function only(apis: Found[]): Resource['Properties'] {
  const api = apis[0]?.resource.Properties;
  if (api === undefined || apis.length !== 1) {
    throw new ExportError(`one GraphQL API expected, found ${apis.length}`);
  }
  return api;
}

function apiSettings(
  api: Resource['Properties'],
): Pick<Manifest, 'authorization' | 'limits' | 'introspection'> {
  const additional = (api.AdditionalAuthenticationProviders ?? []) as {
    AuthenticationType: string;
  }[];
  return {
    authorization: {
      default: api.AuthenticationType as string,
      additional: additional.map((provider) => provider.AuthenticationType).sort(),
    },
    limits: {
      queryDepth: api.QueryDepthLimit as number,
      resolverCount: api.ResolverCountLimit as number,
    },
    introspection: api.IntrospectionConfig as string,
  };
}

function table({ Properties }: Resource): Table {
  const expiry = Properties.timeToLiveSpecification as { attributeName: string } | undefined;
  const indexes = (Properties.globalSecondaryIndexes ??
    []) as unknown as Table['globalSecondaryIndexes'];
  return {
    attributeDefinitions:
      Properties.attributeDefinitions as unknown as Table['attributeDefinitions'],
    keySchema: Properties.keySchema as unknown as KeySchema[],
    globalSecondaryIndexes: indexes.map(({ indexName, keySchema, projection }) => ({
      indexName,
      keySchema,
      projection,
    })),
    ...(expiry && { timeToLive: expiry.attributeName }),
  };
}

function dataSource({ stack, resource }: Found): DataSource {
  const type = resource.Properties.Type as string;
  return type === 'AMAZON_DYNAMODB' ? { type, table: tableBehind(stack, resource) } : { type };
}

/** Amplify calls the data source of a model's table by the table's own name. */
function tableBehind(stack: Stack, resource: Resource): string {
  const logicalId = resource.Properties.Name as string;
  if (stack.template.Resources[logicalId]?.Type !== 'Custom::AmplifyDynamoDBTable') {
    throw new ExportError(`data source ${logicalId} has no table`);
  }
  return modelOf(logicalId);
}

function pipelineFunction(assembly: Assembly, found: Found, keep: KeepTemplate): PipelineFunction {
  return {
    dataSource: dataSourceOf(found),
    ...mapping(assembly, found, slotOf(nameOf(found)), keep),
  };
}

function dataSourceOf({ stack, resource }: Found): string {
  const name = resource.Properties.DataSourceName;
  return typeof name === 'string' ? name : nameBehind(stack, name);
}

function nameBehind(stack: Stack, expression: Expression | undefined): string {
  const found = target(stack, expression);
  if (found?.kind !== 'resource') {
    throw new ExportError(`cannot name ${JSON.stringify(expression)}`);
  }
  return nameOf(found);
}

function resolver(assembly: Assembly, found: Found, keep: KeepTemplate): Resolver {
  const { TypeName, FieldName, Kind, PipelineConfig } = found.resource.Properties;
  if (Kind !== 'PIPELINE') {
    throw new ExportError(`${fieldOf(found)} is not a pipeline`);
  }
  const functions = (PipelineConfig as { Functions: Expression[] }).Functions;
  return {
    type: TypeName as string,
    field: FieldName as string,
    functions: functions.map((expression) => nameBehind(found.stack, expression)),
    ...mapping(assembly, found, fieldOf(found), keep),
  };
}

function mapping(
  assembly: Assembly,
  { stack, resource }: Found,
  slot: string,
  keep: KeepTemplate,
): Mapping {
  const runtime = (resource.Properties.Runtime as { Name?: string } | undefined)?.Name;
  if (runtime !== undefined) {
    return { runtime, code: keep(slot, templateText(assembly, stack, resource, 'Code'), 'js') };
  }
  return {
    request: keep(
      `${slot}.request`,
      templateText(assembly, stack, resource, 'RequestMappingTemplate'),
    ),
    response: keep(
      `${slot}.response`,
      templateText(assembly, stack, resource, 'ResponseMappingTemplate'),
    ),
  };
}

/** `QuerygetProjectauth0Function` is slot 0 of `auth`; `QueryGetProjectDataResolverFn` the data resolver. */
function slotOf(functionName: string): string {
  return functionName.replace(/Function$|Fn$/, '');
}

function nameOf({ resource }: { resource: Resource }): string {
  return resource.Properties.Name as string;
}

function byName(a: Found, b: Found): number {
  return compare(nameOf(a), nameOf(b));
}

function byField(a: Found, b: Found): number {
  return compare(fieldOf(a), fieldOf(b));
}

function fieldOf({ resource }: Found): string {
  const { TypeName, FieldName } = resource.Properties;
  return `${TypeName as string}.${FieldName as string}`;
}

/** By code unit: no locale of the machine in the order. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
