/** The server as its own process, as `make dev` runs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { answers, endWithUs, freePort, stopProcess } from './ministack';
import { environment, type Stack } from './stack';

const SERVER = fileURLToPath(new URL('../../server.mjs', import.meta.url));

export interface ServerProcess {
  port: number;
  child: ChildProcess;
  readyMs: number;
  stop(): Promise<void>;
}

export async function startServerProcess(
  stack: Stack,
  changes: Record<string, string> = {},
): Promise<ServerProcess> {
  const port = await freePort();
  const started = performance.now();
  const child = spawnServer({ ...environment(stack), PORT: String(port), ...changes });
  await answers(`http://127.0.0.1:${port}/health`, child);
  const readyMs = Math.round(performance.now() - started);
  return { port, child, readyMs, stop: () => stopProcess(child) };
}

export function spawnServer(settings: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  return child;
}
