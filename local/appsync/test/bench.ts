/** How quick the server is: start, mutations a second, and the time from a mutation to its frame. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';

import { Realtime } from './support/clients';
import { create, project, update, stored, PROJECT } from './support/rows';
import { startServerProcess } from './support/server_process';
import { startStack, user, type Stack } from './support/stack';

const CREATES = 400;
const FRAMES = 300;

interface Updated {
  type: string;
  payload: { data: { onUpdateProject: { name: string } } };
}

async function mutationsPerSecond({ projector, people }: Stack, clients: number): Promise<number> {
  const started = performance.now();
  const client = async (): Promise<void> => {
    for (let sent = 0; sent < CREATES / clients; sent += 1) {
      await create(projector, 'Project', project(people.owner));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return CREATES / ((performance.now() - started) / 1000);
}

/** From the moment at which the mutation is sent. */
async function millisecondsToFrame({ projector, people, port }: Stack): Promise<number[]> {
  const realtime = await Realtime.connect(port, user(people.owner.id));
  const arrived = new Map<string, number>();
  realtime.socket.on('message', (text: Buffer) => {
    const { type, payload } = JSON.parse(text.toString()) as Updated;
    if (type === 'data') {
      arrived.set(payload.data.onUpdateProject.name, performance.now());
    }
  });
  await realtime.subscribe(`subscription { onUpdateProject { ${PROJECT} } }`);
  const row = await stored(projector, 'Project', project(people.owner));
  const times: number[] = [];
  for (let version = 1; version <= FRAMES; version += 1) {
    const name = randomUUID();
    const sent = performance.now();
    await update(
      projector,
      'Project',
      { id: row.id, version: version + 1, name, updatedAt: row.updatedAt },
      { version },
    );
    await realtime.framesUntil(version);
    times.push((arrived.get(name) ?? Number.NaN) - sent);
  }
  realtime.close();
  return times.sort((a, b) => a - b);
}

const stack = await startStack();
try {
  const first = await startServerProcess(stack, { STAGE: 'bench' });
  await first.stop();
  const again = await startServerProcess(stack, { STAGE: 'bench' });
  await again.stop();
  console.log(`start: ${first.readyMs} ms with tables to make, ${again.readyMs} ms without`);
  await mutationsPerSecond(stack, 1);
  for (const clients of [1, 8]) {
    console.log(
      `${clients} clients: ${Math.round(await mutationsPerSecond(stack, clients))} mutations/s`,
    );
  }
  const times = await millisecondsToFrame(stack);
  const at = (share: number): string =>
    (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1);
  console.log(`mutation to frame, n=${times.length}: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
} finally {
  await stack.stop();
}
