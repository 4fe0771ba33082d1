/** The server over an emulator of its own, with people in it. */
import type { TestContext } from 'node:test';

import { start, type Running } from '../../src/server';
import { settingsFrom } from '../../src/settings';
import { Caller, Realtime, type Credential } from './clients';
import { startMiniStack, type MiniStack } from './ministack';
import { createPeople, PASSWORD, type People } from './people';

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

export interface Stack {
  people: People;
  emulator: MiniStack;
  port: number;
  /** The projector: the one writer. */
  projector: Caller;
  as(credential: Credential): Caller;
  /** Closed when the test ends. */
  connect(test: TestContext, credential: Credential): Promise<Realtime>;
  stop(): Promise<void>;
}

export async function startStack(faults: object = {}): Promise<Stack> {
  const emulator = await startMiniStack();
  const people = await createPeople(emulator.endpoint);
  const server = await start(settingsFrom(environment(emulator, people, faults)));
  return stackOf(emulator, people, server);
}

export function environment(
  emulator: MiniStack,
  people: People,
  faults: object = {},
): Record<string, string> {
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
    FAULTS: JSON.stringify(faults),
  };
}

function stackOf(emulator: MiniStack, people: People, server: Running): Stack {
  const { port } = server;
  return {
    people,
    emulator,
    port,
    projector: new Caller(port, ACCESS_KEY),
    as: (credential) => new Caller(port, credential),
    connect: async (test, credential) => {
      const realtime = await Realtime.connect(port, credential);
      test.after(() => realtime.close());
      return realtime;
    },
    stop: async () => {
      await server.stop();
      await emulator.stop();
    },
  };
}
