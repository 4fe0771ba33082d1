/** The DynamoDB data source: request documents of templates as DynamoDB calls. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isDeepStrictEqual } from 'node:util';

import type { History } from './history';

export type Attributes = Record<string, AttributeValue>;

interface Expression {
  expression?: string;
  expressionNames?: Record<string, string>;
  expressionValues?: Attributes;
}

/** What a template asks of the table. */
export interface DynamoDbRequest {
  operation: string;
  key?: Attributes;
  attributeValues?: Attributes;
  condition?: Expression;
  update?: Expression;
  query?: Expression;
  filter?: Expression;
  index?: string;
  limit?: number;
  nextToken?: string | null;
  scanIndexForward?: boolean;
  consistentRead?: boolean;
}

/** A failed call, as templates see it in `$ctx.error`. */
export class DataSourceError extends Error {
  constructor(
    message: string,
    readonly type: string,
  ) {
    super(message);
  }
}

type Item = Record<string, unknown>;

export interface Page {
  items: Item[];
  scannedCount: number;
  nextToken: string | null;
}

interface FoundPage {
  Items?: Attributes[];
  ScannedCount?: number;
  LastEvaluatedKey?: Attributes;
}

export class DynamoDbDataSource {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly history: History,
  ) {}

  /** Throws DataSourceError. */
  async invoke(request: DynamoDbRequest): Promise<unknown> {
    try {
      return await this.operation(request);
    } catch (error) {
      throw dataSourceError(error);
    }
  }

  private operation(request: DynamoDbRequest): Promise<unknown> {
    switch (request.operation) {
      case 'GetItem':
        return this.get(request);
      case 'PutItem':
        return this.put(request);
      case 'UpdateItem':
        return this.update(request);
      case 'DeleteItem':
        return this.delete(request);
      case 'Query':
        return this.query(request);
      case 'Scan':
        return this.scan(request);
      default:
        throw new DataSourceError(
          `Unsupported operation '${request.operation}'`,
          'MappingTemplate',
        );
    }
  }

  private async get({ key, consistentRead = false }: DynamoDbRequest): Promise<Item | null> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: key, ConsistentRead: consistentRead }),
    );
    return plain(consistentRead ? Item : this.history.read(key ?? {}, Item));
  }

  private async put({ key, attributeValues, condition }: DynamoDbRequest): Promise<Item | null> {
    const item = { ...attributeValues, ...key };
    try {
      await this.client.send(
        new PutItemCommand({ TableName: this.table, Item: item, ...conditioned(condition) }),
      );
    } catch (error) {
      return this.unlessAlreadyStored(error, key ?? {}, item);
    }
    this.history.write(key ?? {}, item);
    return plain(item);
  }

  /**
   * AppSync takes a failed condition for success when the stored item is the wanted one already.
   * Source: AppSync Developer Guide, DynamoDB resolver, "Handling a condition check failure".
   */
  private async unlessAlreadyStored(
    error: unknown,
    key: Attributes,
    wanted: Attributes | undefined,
  ): Promise<Item | null> {
    if (!(error instanceof ConditionalCheckFailedException)) {
      throw error;
    }
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: key, ConsistentRead: true }),
    );
    if (!isDeepStrictEqual(plain(Item), plain(wanted))) {
      throw error;
    }
    return plain(Item);
  }

  private async update({ key, update, condition }: DynamoDbRequest): Promise<Item | null> {
    const expressions = merged(update, condition);
    const { Attributes } = await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: key,
        UpdateExpression: update?.expression,
        ConditionExpression: condition?.expression,
        ...expressions,
        ReturnValues: 'ALL_NEW',
      }),
    );
    this.history.write(key ?? {}, Attributes);
    return plain(Attributes);
  }

  private async delete({ key, condition }: DynamoDbRequest): Promise<Item | null> {
    const command = new DeleteItemCommand({
      TableName: this.table,
      Key: key,
      ...conditioned(condition),
      ReturnValues: 'ALL_OLD',
    });
    try {
      const { Attributes } = await this.client.send(command);
      this.history.write(key ?? {}, undefined);
      return plain(Attributes);
    } catch (error) {
      return this.unlessAlreadyStored(error, key ?? {}, undefined);
    }
  }

  private async query({
    query,
    filter,
    index,
    limit,
    nextToken,
    scanIndexForward,
    consistentRead = false,
  }: DynamoDbRequest): Promise<Page> {
    const found = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: index,
        KeyConditionExpression: query?.expression,
        FilterExpression: filter?.expression,
        ...merged(query, filter),
        Limit: limit,
        ExclusiveStartKey: keyFrom(nextToken),
        ScanIndexForward: scanIndexForward,
        ConsistentRead: consistentRead,
      }),
    );
    return this.page(found, consistentRead, Object.values(query?.expressionNames ?? {}));
  }

  private async scan({
    filter,
    index,
    limit,
    nextToken,
    consistentRead = false,
  }: DynamoDbRequest): Promise<Page> {
    const found = await this.client.send(
      new ScanCommand({
        TableName: this.table,
        IndexName: index,
        FilterExpression: filter?.expression,
        ...merged(filter),
        Limit: limit,
        ExclusiveStartKey: keyFrom(nextToken),
        ConsistentRead: consistentRead,
      }),
    );
    return this.page(found, consistentRead);
  }

  private page(
    { Items = [], ScannedCount = 0, LastEvaluatedKey }: FoundPage,
    consistent: boolean,
    fixed: string[] = [],
  ): Page {
    const items = consistent ? Items : this.history.readAll(Items, fixed);
    return {
      items: items.map((item) => unmarshalled(item)),
      scannedCount: ScannedCount,
      nextToken: tokenFrom(LastEvaluatedKey),
    };
  }
}

function conditioned(condition: Expression | undefined): object {
  return { ConditionExpression: condition?.expression, ...merged(condition) };
}

/** DynamoDB refuses empty maps of names and values. */
function merged(...expressions: (Expression | undefined)[]): object {
  const names = Object.assign({}, ...expressions.map((one) => one?.expressionNames)) as object;
  const values = Object.assign({}, ...expressions.map((one) => one?.expressionValues)) as object;
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function plain(item: Attributes | undefined): Item | null {
  return item === undefined ? null : unmarshalled(item);
}

function unmarshalled(item: Attributes): Item {
  return unmarshall(item) as Item;
}

function tokenFrom(key: Attributes | undefined): string | null {
  return key === undefined ? null : Buffer.from(JSON.stringify(key)).toString('base64');
}

function keyFrom(token: string | null | undefined): Attributes | undefined {
  if (token === null || token === undefined) {
    return undefined;
  }
  const key = parsed(Buffer.from(token, 'base64').toString());
  if (typeof key !== 'object' || key === null || Array.isArray(key)) {
    throw new DataSourceError(
      'com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: ' +
        'Invalid pagination token given.',
      'DynamoDB:UserIllegalArgumentException',
    );
  }
  return key as Attributes;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function dataSourceError(error: unknown): unknown {
  if (error instanceof DynamoDBServiceException) {
    return new DataSourceError(`${error.message} ${detailsOf(error)}`, `DynamoDB:${error.name}`);
  }
  // No answer at all: refused, reset, timed out.
  return isSystemError(error)
    ? new DataSourceError(
        `Unable to execute HTTP request: ${error.code}`,
        'DynamoDB:SdkClientException',
      )
    : error;
}

function detailsOf({ $metadata }: DynamoDBServiceException): string {
  const { httpStatusCode = 0, requestId = 'none' } = $metadata;
  return `(Service: DynamoDb, Status Code: ${httpStatusCode}, Request ID: ${requestId})`;
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
