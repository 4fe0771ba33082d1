/** The process: how it starts, refuses to start, listens and stops. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import {
  CreateTableCommand,
  DynamoDBClient,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  QueryCommand,
  paginateListTables,
  type CreateTableCommandInput,
  type GlobalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

import type { Manifest } from '../../../amplify/export/manifest';
import { readExported, UnsupportedResolver } from '../src/exported';
import { Realtime } from './support/clients';
import { stored, project } from './support/rows';
import { spawnServer, startServerProcess } from './support/server_process';
import { environment, startServer, startStack, user, type Stack } from './support/stack';

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack.stop());

/** Generous, for a machine that is busy: the figure itself is the benchmark's to print. */
const START_LIMIT_MS = 30_000;
/** A connection that nobody ends is never over. */
const END_LIMIT_MS = 60_000;

/** Of all stages that the tests of this process use: more than one page. */
async function tableNames(client: DynamoDBClient): Promise<string[]> {
  const names = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    names.push(...TableNames);
  }
  return names.sort();
}

async function expiry(client: DynamoDBClient, table: string): Promise<(string | undefined)[]> {
  const { TimeToLiveDescription: found } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: table }),
  );
  return [found?.TimeToLiveStatus, found?.AttributeName];
}

describe('starting', () => {
  test('makes the tables and their indexes, and is quick about it', async () => {
    const server = await startServerProcess(stack, { STAGE: 'fresh' });
    try {
      assert.ok(server.readyMs < START_LIMIT_MS, `${server.readyMs} ms`);
      const client = dynamoDb();
      assert.deepEqual(
        (await tableNames(client)).filter((name) => name.endsWith('-fresh')),
        [
          'Analysis-fresh',
          'Deployment-fresh',
          'Endpoint-fresh',
          'Metric-fresh',
          'OwnerPart-fresh',
          'OwnerShare-fresh',
          'OwnerSummary-fresh',
          'Project-fresh',
          'ProjectAnalytics-fresh',
          'ProvisioningRun-fresh',
          'Service-fresh',
          'ServiceCheckpoint-fresh',
          'Template-fresh',
          'TemplateDraft-fresh',
        ],
      );
      const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Project-fresh' }));
      assert.deepEqual(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort(), [
        'projectsByShelfAndCreatedAt',
        'projectsByUserIdAndCreatedAt',
      ]);
      assert.deepEqual(await expiry(client, 'Metric-fresh'), ['ENABLED', 'expires']);
      assert.deepEqual(await expiry(client, 'Project-fresh'), ['DISABLED', undefined]);
    } finally {
      await server.stop();
    }
  });

  test('again keeps the rows', async () => {
    const { id } = await stored(stack.projector, 'Project', project(stack.people.owner));
    const server = await startServer(stack, { STAGE: stack.stage });
    try {
      const answer = await fetch(`http://127.0.0.1:${server.port}/graphql`, {
        method: 'POST',
        headers: { authorization: stack.people.owner.id },
        body: JSON.stringify({ query: `{ getProject(id: "${String(id)}") { id } }` }),
      });
      assert.deepEqual(await answer.json(), { data: { getProject: { id } } });
    } finally {
      await server.stop();
    }
  });

  test('with wrong settings fails at once, says why, and shows no stack', async () => {
    const [code, errors] = await ended({
      ...environment(stack),
      USER_POOL_ID: '',
    });
    assert.equal(code, 1);
    assert.equal(errors, 'local AppSync: USER_POOL_ID is not set\n');
  });

  test('over a table of an older schema brings its indexes up to date and keeps its rows', async () => {
    const client = dynamoDb();
    await client.send(
      new CreateTableCommand({
        ...table('Project-older', 'id', 'shelf', 'gone'),
        GlobalSecondaryIndexes: [
          index('projectsByShelfAndCreatedAt', 'shelf'),
          index('gone', 'gone'),
        ],
      }),
    );
    const row = { id: '1', status: 'ACTIVE', createdAt: '2026-01-01T00:00:00.000Z' };
    await client.send(
      new PutItemCommand({ TableName: 'Project-older', Item: marshall({ ...row, userId: 'u' }) }),
    );
    const server = await startServer(stack, { STAGE: 'older' });
    await server.stop();
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Project-older' }));
    assert.deepEqual(
      Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema }) => [
        IndexName,
        KeySchema?.map(({ AttributeName }) => AttributeName),
      ]).sort(),
      [
        ['projectsByShelfAndCreatedAt', ['shelf', 'createdAt']],
        ['projectsByUserIdAndCreatedAt', ['userId', 'createdAt']],
      ],
    );
    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'Project-older',
        IndexName: 'projectsByUserIdAndCreatedAt',
        KeyConditionExpression: 'userId = :user',
        ExpressionAttributeValues: { ':user': { S: 'u' } },
      }),
    );
    assert.deepEqual(
      Items?.map(({ id }) => id),
      [{ S: '1' }],
    );
  });

  test('over a table with another key fails and names the command', async () => {
    await dynamoDb().send(new CreateTableCommand(table('Project-otherkey', 'projectId')));
    const [code, errors] = await ended({
      ...environment(stack),
      STAGE: 'otherkey',
    });
    assert.equal(code, 1);
    assert.match(errors, /table Project-otherkey was made with another key.*make dev ARGS=--fresh/);
  });

  test('listens on the loopback only', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4');
    for (const one of outside) {
      await assert.rejects(
        fetch(`http://${one?.address}:${stack.port}/health`, {
          signal: AbortSignal.timeout(1000),
        }),
      );
    }
  });
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends it at once, connections or not`, async () => {
    const server = await startServerProcess(stack);
    const realtime = await Realtime.connect(server.port, user(stack.people.owner.id));
    const closed = once(realtime.socket, 'close');
    const asked = performance.now();
    server.child.kill(signal);
    const [code] = (await once(server.child, 'exit')) as [number];
    assert.equal(code, 0);
    assert.ok(performance.now() - asked < END_LIMIT_MS);
    await closed;
  });
}

describe('resolvers that cannot be run', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'skafu-generated-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const exportedWith = (change: (manifest: Manifest) => void): unknown => {
    cpSync(fileURLToPath(new URL('../../../amplify/generated', import.meta.url)), folder, {
      recursive: true,
    });
    const path = join(folder, 'resolvers/manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
    return readExported(pathToFileURL(`${folder}/`));
  };
  const refused = (message: RegExp) => (error: unknown) =>
    error instanceof UnsupportedResolver && message.test(error.message);

  test('on another runtime are refused by name', () => {
    const another = (manifest: Manifest): void => {
      manifest.functions.search = { dataSource: 'NONE_DS', runtime: 'APPSYNC_WASM' };
    };
    assert.throws(
      () => exportedWith(another),
      refused(/search runs on APPSYNC_WASM: the local AppSync server runs VTL and APPSYNC_JS/),
    );
  });

  test('over a data source of another kind are refused by name', () => {
    const lambda = (manifest: Manifest): void => {
      manifest.dataSources.Fn = { type: 'AWS_LAMBDA' };
    };
    assert.throws(() => exportedWith(lambda), refused(/data source Fn is AWS_LAMBDA/));
  });

  test('are not in what Amplify generated', () => {
    assert.ok(readExported().manifest.resolvers.length > 30);
  });
});

function table(name: string, key: string, ...others: string[]): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    AttributeDefinitions: [key, ...others].map((one) => ({
      AttributeName: one,
      AttributeType: 'S',
    })),
  };
}

function index(name: string, key: string): GlobalSecondaryIndex {
  return {
    IndexName: name,
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  };
}

function dynamoDb(): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: stack.emulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
}

async function ended(settings: Record<string, string>): Promise<[number, string]> {
  const child = spawnServer(settings);
  let errors = '';
  child.stderr?.on('data', (text) => (errors += String(text)));
  const [code] = (await once(child, 'close')) as [number];
  return [code, errors.replace(/\(node:\d+\)[^]*?created\)\n/g, '')];
}
