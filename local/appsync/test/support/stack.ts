/** The server over tables of its own, in an emulator with people that all stacks of a process share. */
import type { TestContext } from 'node:test';

import { start, type Running } from '../../src/server';
import { settingsFrom } from '../../src/settings';
import { Caller, Realtime, type Credential } from './clients';
import { startMiniStack, type MiniStack } from './ministack';
import { createPeople, PASSWORD, type People } from './people';

interface Account {
  emulator: MiniStack;
  people: People;
}

/** What the stacks of this process share, from the first of them to the end of the last. */
let shared: Promise<Account> | undefined;
let users = 0;
let stages = 0;

export const API_KEY = 'da2-local-development';
export const ACCESS_KEY: Credential & { kind: 'iam' } = {
  kind: 'iam',
  accessKeyId: 'AKIASKAFULOCAL',
  secret: 'local-secret',
};
export const APP_KEY: Credential = { kind: 'apiKey', apiKey: API_KEY };

export function user(token: string): Credential {
  return { kind: 'token', token };
}

export interface Stack extends Account {
  port: number;
  /** In the names of its tables. */
  stage: string;
  /** The projector: the one writer. */
  projector: Caller;
  as(credential: Credential): Caller;
  /** Closed when the test ends. */
  connect(test: TestContext, credential: Credential): Promise<Realtime>;
  stop(): Promise<void>;
}

export async function startStack(changes: Record<string, string> = {}): Promise<Stack> {
  const account = await borrowed();
  const stage = `test${(stages += 1)}`;
  const server = await startServer(account, { STAGE: stage, ...changes });
  return stackOf(account, stage, server);
}

async function borrowed(): Promise<Account> {
  users += 1;
  return (shared ??= makeAccount());
}

async function makeAccount(): Promise<Account> {
  const emulator = await startMiniStack();
  return { emulator, people: await createPeople(emulator.endpoint) };
}

async function givenBack({ emulator }: Account): Promise<void> {
  users -= 1;
  if (users === 0) {
    shared = undefined;
    await emulator.stop();
  }
}

/** A further server in this process, over tables that `STAGE` names. */
export function startServer(account: Account, changes: Record<string, string>): Promise<Running> {
  return start(settingsFrom({ ...environment(account), ...changes }));
}

export function environment({ emulator, people }: Account): Record<string, string> {
  return {
    PORT: '0',
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_REGION: 'us-east-1',
    USER_POOL_ID: people.userPoolId,
    USER_POOL_CLIENT_ID: people.clientId,
    API_KEY,
    STAGE: 'test',
    USERS: JSON.stringify([{ email: 'owner@skafu.dev', password: PASSWORD, groups: [] }]),
    ACCESS_KEYS: JSON.stringify({ [ACCESS_KEY.accessKeyId]: ACCESS_KEY.secret }),
  };
}

function stackOf(account: Account, stage: string, server: Running): Stack {
  const { port } = server;
  return {
    ...account,
    port,
    stage,
    projector: new Caller(port, ACCESS_KEY),
    as: (credential) => new Caller(port, credential),
    connect: async (test, credential) => {
      const realtime = await Realtime.connect(port, credential);
      test.after(() => realtime.close());
      return realtime;
    },
    stop: async () => {
      await server.stop();
      await givenBack(account);
    },
  };
}
