/** The tables behind the models: created where they are missing, with the indexes of the schema. */
import {
  CreateTableCommand,
  DescribeTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type GlobalSecondaryIndexDescription,
  type GlobalSecondaryIndexUpdate,
  type KeySchemaElement,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';

import type { Table } from './exported';

type Index = Table['globalSecondaryIndexes'][number];

export class TableMismatch extends Error {}

export function tableName(model: string, stage: string): string {
  return `${model}-${stage}`;
}

/** Throws TableMismatch when a table of an older schema has another key. */
export async function ensureTables(
  client: DynamoDBClient,
  tables: Record<string, Table>,
  stage: string,
): Promise<void> {
  const names = Object.entries(tables).map(([model, table]) =>
    ensureTable(client, tableName(model, stage), table),
  );
  await Promise.all(names);
}

async function ensureTable(client: DynamoDBClient, name: string, table: Table): Promise<void> {
  const found = await describe(client, name);
  if (found === undefined) {
    return create(client, name, table);
  }
  checkKey(name, found, table);
  for (const change of indexChanges(found, table)) {
    await client.send(
      new UpdateTableCommand({
        TableName: name,
        AttributeDefinitions: attributes(table),
        GlobalSecondaryIndexUpdates: [change],
      }),
    );
  }
}

async function describe(
  client: DynamoDBClient,
  name: string,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return undefined;
    }
    throw error;
  }
}

async function create(client: DynamoDBClient, name: string, table: Table): Promise<void> {
  try {
    await client.send(new CreateTableCommand(definition(name, table)));
  } catch (error) {
    // Two servers may start at once.
    if (!(error instanceof ResourceInUseException)) {
      throw error;
    }
  }
  if (table.timeToLive !== undefined) {
    await letExpire(client, name, table.timeToLive);
  }
}

async function letExpire(client: DynamoDBClient, name: string, attribute: string): Promise<void> {
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    }),
  );
}

function definition(name: string, table: Table): CreateTableCommandInput {
  const indexes = table.globalSecondaryIndexes.map(indexDefinition);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys(table.keySchema),
    AttributeDefinitions: attributes(table),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

function attributes(table: Table): { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[] {
  return table.attributeDefinitions.map(({ attributeName, attributeType }) => ({
    AttributeName: attributeName,
    AttributeType: attributeType,
  }));
}

function indexDefinition({ indexName, keySchema, projection }: Index): GlobalSecondaryIndex {
  return {
    IndexName: indexName,
    KeySchema: keys(keySchema),
    Projection: { ProjectionType: projection.projectionType as 'ALL' },
  };
}

function keys(schema: Table['keySchema']): { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[] {
  return schema.map(({ attributeName, keyType }) => ({
    AttributeName: attributeName,
    KeyType: keyType,
  }));
}

function checkKey(name: string, found: TableDescription, table: Table): void {
  if (!sameKeys(found.KeySchema, table.keySchema)) {
    throw new TableMismatch(
      `table ${name} was made with another key, and a table keeps its key: run \`make dev ARGS=--fresh\``,
    );
  }
}

/** What brings the indexes to the schema, one change at a time as DynamoDB wants it. */
function indexChanges(found: TableDescription, table: Table): GlobalSecondaryIndexUpdate[] {
  const existing = found.GlobalSecondaryIndexes ?? [];
  const kept = existing.filter((index) => table.globalSecondaryIndexes.some(isSame(index)));
  const gone = existing.filter((index) => !kept.includes(index));
  const missing = table.globalSecondaryIndexes.filter((wanted) => !kept.some(isSameAs(wanted)));
  return [
    ...gone.map(({ IndexName }) => ({ Delete: { IndexName } })),
    ...missing.map((wanted) => ({ Create: indexDefinition(wanted) })),
  ];
}

function isSame(index: GlobalSecondaryIndexDescription): (wanted: Index) => boolean {
  return (wanted) =>
    index.IndexName === wanted.indexName && sameKeys(index.KeySchema, wanted.keySchema);
}

function isSameAs(wanted: Index): (index: GlobalSecondaryIndexDescription) => boolean {
  return (index) => isSame(index)(wanted);
}

function sameKeys(found: KeySchemaElement[] | undefined, wanted: Table['keySchema']): boolean {
  const names = (found ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`);
  return names.join() === wanted.map((one) => `${one.attributeName} ${one.keyType}`).join();
}
