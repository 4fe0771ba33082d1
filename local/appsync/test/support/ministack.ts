/** An emulator of our own: MiniStack on a free port, with a user pool and people in it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const INSTALLED = fileURLToPath(
  new URL('../../../../.tools/ministack/bin/ministack', import.meta.url),
);
const START_LIMIT_MS = 30_000;

export interface MiniStack {
  endpoint: string;
  stop(): Promise<void>;
}

export async function startMiniStack(): Promise<MiniStack> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'skafu-appsync-'));
  const child = spawn(binary(), [], { env: environment(port, home), stdio: 'ignore' });
  endWithUs(child);
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(`${endpoint}/_ministack/health`, child);
  return {
    endpoint,
    stop: async () => {
      await stopProcess(child);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function binary(): string {
  const path = process.env.MINISTACK_BIN ?? INSTALLED;
  if (!existsSync(path)) {
    throw new Error(`no MiniStack at ${path}: run \`make setup\`, or set MINISTACK_BIN`);
  }
  return path;
}

function environment(port: number, home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: home,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    IOT_MTLS_ENABLED: '0',
    PERSIST_STATE: '0',
    LOG_LEVEL: 'ERROR',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
}

/** A test file that fails half-way leaves no process behind. */
export function endWithUs(child: ChildProcess): void {
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

/** The first free port of the range that these tests keep to. */
export async function freePort(first = 21_000, last = 21_099): Promise<number> {
  for (let port = first; port <= last; port += 1) {
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`no free port between ${first} and ${last}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Waits until the address answers; throws when the process has ended instead. */
export async function answers(url: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + START_LIMIT_MS;
  while (
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > end) {
      throw new Error(`${url} does not answer`);
    }
    await delay(25);
  }
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}

/** Puts an item past AppSync, whatever its schema says. */
export async function putItem(endpoint: string, table: string, item: object): Promise<void> {
  const input = { TableName: table, Item: item };
  await awsCall(endpoint, 'dynamodb', 'DynamoDB_20120810.PutItem', input);
}

/** A call of the AWS JSON protocol, which the emulator takes unsigned. */
export async function awsCall<T>(
  endpoint: string,
  service: string,
  target: string,
  input: object,
): Promise<T> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  if (!response.ok) {
    throw new Error(`${target}: ${response.status} ${await response.text()}`);
  }
  return (await response.json()) as T;
}
