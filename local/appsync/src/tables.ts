/** The tables behind the models, created where they are missing. */
import {
  CreateTableCommand,
  DescribeTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';

import type { Table } from './exported';

export class TableMismatch extends Error {}

export function tableName(model: string, stage: string): string {
  return `${model}-${stage}`;
}

/** Throws TableMismatch when a table of an older schema is in the way. */
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
    await create(client, name, table);
  } else {
    checkIndexes(name, found, table);
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
}

function definition(name: string, table: Table): CreateTableCommandInput {
  const indexes = table.globalSecondaryIndexes.map(({ indexName, keySchema, projection }) => ({
    IndexName: indexName,
    KeySchema: keys(keySchema),
    Projection: { ProjectionType: projection.projectionType as 'ALL' },
  }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys(table.keySchema),
    AttributeDefinitions: table.attributeDefinitions.map(({ attributeName, attributeType }) => ({
      AttributeName: attributeName,
      AttributeType: attributeType,
    })),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

function keys(schema: Table['keySchema']): { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[] {
  return schema.map(({ attributeName, keyType }) => ({
    AttributeName: attributeName,
    KeyType: keyType,
  }));
}

function checkIndexes(name: string, found: TableDescription, table: Table): void {
  const existing = new Set(found.GlobalSecondaryIndexes?.map((index) => index.IndexName));
  const missing = table.globalSecondaryIndexes
    .map(({ indexName }) => indexName)
    .filter((index) => !existing.has(index));
  if (missing.length > 0) {
    throw new TableMismatch(
      `table ${name} lacks ${missing.join(', ')}: it was made for an older schema; start anew`,
    );
  }
}
