/** Puts the parts together, and starts and stops them. */
import { createServer, type Server } from 'node:http';
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';

import { tellIn } from './activity';
import { Authenticator } from './authorization/authenticate';
import { FieldGate } from './authorization/fields';
import { SignatureVerifier } from './authorization/signature';
import { UserPoolVerifier } from './authorization/user_pool';
import { DynamoDbDataSource } from './dynamodb';
import { Execution } from './execution';
import { readExported, type Exported } from './exported';
import { Faults } from './faults';
import { History } from './history';
import { HttpHandler } from './http';
import { Page } from './page/page';
import { NONE, pipelineResolvers, type DataSource } from './pipeline';
import { Hub } from './realtime/hub';
import { RealtimeServer } from './realtime/upgrade';
import { buildSchema, type AuthorizationMode } from './schema';
import type { Settings } from './settings';
import { SignIns } from './sign_ins';
import { ensureTables, tableName } from './tables';

export interface Running {
  port: number;
  stop(): Promise<void>;
}

/** Resolves when tables exist and requests are answered. */
export async function start(
  settings: Settings,
  exported: Exported = readExported(),
): Promise<Running> {
  const client = dynamoDbClient(settings);
  await ensureTables(client, exported.manifest.tables, settings.stage);
  const { http, realtime } = wire(settings, exported, client);
  const server = createServer((request, response) => void http.handle(request, response));
  server.on('upgrade', (request, socket, head: Buffer) => realtime.upgrade(request, socket, head));
  const port = await listen(server, settings.port);
  return {
    port,
    stop: async () => {
      realtime.close();
      await close(server);
      client.destroy();
    },
  };
}

function wire(
  settings: Settings,
  exported: Exported,
  client: DynamoDBClient,
): { http: HttpHandler; realtime: RealtimeServer } {
  const faults = new Faults(settings.faults);
  const gate = new FieldGate(exported.manifest.authorization.default as AuthorizationMode);
  const resolvers = pipelineResolvers(
    exported,
    dataSources(settings, exported, client, faults),
    placeholder(settings),
  );
  const execution = new Execution(
    buildSchema(exported.sdl, 'stringify'),
    resolvers,
    gate,
    { ...exported.manifest.limits, seconds: settings.requestSeconds },
    console.error,
  );
  const hub = new Hub(buildSchema(exported.sdl, 'verbatim'), gate, faults, console.warn);
  const authenticator = new Authenticator(
    settings.apiKey,
    new SignatureVerifier(settings.accessKeys, settings.region),
    new UserPoolVerifier(settings.endpoint, settings.region, settings.userPoolId),
  );
  const health = (): object => ({
    status: 'ok',
    stage: settings.stage,
    models: Object.keys(exported.manifest.tables),
  });
  const calls = (): object => gate.calls.report();
  const shared = { authenticator, execution, hub, reportBug: console.error };
  const tell = tellIn(settings.activity);
  const signIns = new SignIns(settings.endpoint, settings.userPoolClientId, settings.users);
  return {
    http: new HttpHandler({ ...shared, faults, signIns, page: new Page(), health, calls, tell }),
    realtime: new RealtimeServer(shared),
  };
}

function dynamoDbClient({ endpoint, region }: Settings): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: new NodeHttpHandler({
      httpAgent: new Agent({ keepAlive: true, maxSockets: 64 }),
    }),
  });
}

function dataSources(
  settings: Settings,
  { manifest }: Exported,
  client: DynamoDBClient,
  faults: Faults,
): Map<string, DataSource> {
  const sources = Object.entries(manifest.dataSources).map(
    ([name, { table }]): [string, DataSource] => {
      if (table === undefined) {
        return [name, NONE];
      }
      const keyNames =
        manifest.tables[table]?.keySchema.map(({ attributeName }) => attributeName) ?? [];
      return [
        name,
        new DynamoDbDataSource(
          client,
          tableName(table, settings.stage),
          new History(faults, keyNames),
        ),
      ];
    },
  );
  return new Map(sources);
}

/** What CloudFormation would fill in; roles and pools of identities exist in an account only. */
function placeholder({ region, stage }: Settings): (name: string) => string {
  const values: Record<string, string> = {
    apiId: 'local',
    accountId: '000000000000',
    partition: 'aws',
    region,
  };
  return (name) =>
    name.startsWith('table.')
      ? tableName(name.slice('table.'.length), stage)
      : (values[name] ?? `local-${name}`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
