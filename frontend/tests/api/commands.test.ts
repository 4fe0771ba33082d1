import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  type Base,
  type Accepted,
  type AddService,
  connectCommands,
  type CreateProject,
} from '../../src/api/commands';
import { ApiUnreachable, CommandRefused, NotSignedIn } from '../../src/api/problem';
import { problem, recording } from './fakes';

const accepted: Accepted = {
  commandId: 'key-1',
  status: 'accepted',
  aggregateId: 'p1',
  version: 3,
  timestamp: '2026-11-21T10:00:00.000Z',
};

const ok = () => Response.json(accepted, { status: 202 });

function connected(...answers: (Response | Error)[]) {
  const network = recording(...answers);
  const refreshes: boolean[] = [];
  const commands = connectCommands({
    baseUrl: 'http://api.test',
    token: ({ refresh }) => {
      refreshes.push(refresh);
      return Promise.resolve(refresh ? 'fresh-token' : 'token');
    },
    retrying: {
      fetch: network.fetch,
      sleep: () => Promise.resolve(),
      random: () => 1,
      now: () => 0,
    },
  });
  return { commands, refreshes, ...network };
}

const key = 'key-1';
const BASE: Base = { version: 7, onConflict: 'merge' };

describe('a command', () => {
  test('[C5, C18, C19] carries token, key and data, and gives what the API answered', async () => {
    const { commands, requests, sent } = connected(ok());
    expect(await commands.createProject({ name: 'Tortoise' }, { key })).toEqual(accepted);
    expect(requests[0]).toMatchObject({ method: 'POST', url: 'http://api.test/projects' });
    expect(requests[0]?.headers.get('Authorization')).toBe('token');
    expect(sent).toEqual([{ key, body: '{"name":"Tortoise"}' }]);
  });

  test('[C17] that changes a project names the version which the person saw', async () => {
    const { commands, requests } = connected(ok());
    await commands.changeProject('p1', { name: 'Hare' }, BASE, { key });
    expect(requests[0]).toMatchObject({ method: 'PATCH', url: 'http://api.test/projects/p1' });
    expect(requests[0]?.headers.get('If-Match')).toBe('"7"');
    expect(requests[0]?.headers.get('X-On-Conflict')).toBe('merge');
  });

  test.each(['reject', 'last-write-wins'] as const)(
    '[C17] says what becomes of it when others have changed something: %s',
    async (onConflict) => {
      const { commands, requests } = connected(ok());
      await commands.changeProject('p1', { name: 'Hare' }, { ...BASE, onConflict }, { key });
      expect(requests[0]?.headers.get('X-On-Conflict')).toBe(onConflict);
    },
  );

  test('[C5] that takes no data is sent by its name', async () => {
    const { commands, requests, sent } = connected(ok());
    expect(await commands.send('restore-project', 'p1', { key })).toEqual(accepted);
    expect(requests[0]?.url).toBe('http://api.test/commands/restore-project');
    expect(JSON.parse(sent[0]!.body)).toEqual({ commandId: key, aggregateId: 'p1', data: {} });
  });

  test('[C9] adds a service to its project', async () => {
    const { commands, requests, sent } = connected(ok());
    const service = { serviceName: 'web', serviceType: 'FRONTEND', configuration: { port: 80 } };
    await commands.addService('p1', { ...service, serviceType: 'FRONTEND' }, { key });
    expect(requests[0]?.url).toBe('http://api.test/projects/p1/services');
    expect(JSON.parse(sent[0]!.body)).toEqual(service);
  });

  test('[C17] that changes a service is combined with what others changed', async () => {
    const { commands, requests, sent } = connected(ok());
    const place = { projectId: 'p1', serviceId: 's1' };
    await commands.changeService(place, { serviceName: 'web' }, BASE, { key });
    expect(requests[0]).toMatchObject({
      method: 'PATCH',
      url: 'http://api.test/projects/p1/services/s1',
    });
    expect(requests[0]?.headers.get('If-Match')).toBe('"7"');
    expect(requests[0]?.headers.get('X-On-Conflict')).toBe('merge');
    expect(sent).toEqual([{ key, body: '{"serviceName":"web"}' }]);
  });

  test('removes a service', async () => {
    const { commands, requests } = connected(ok());
    await commands.removeService({ projectId: 'p1', serviceId: 's1' }, { key });
    expect(requests[0]).toMatchObject({
      method: 'DELETE',
      url: 'http://api.test/projects/p1/services/s1',
    });
  });
});

describe('failures', () => {
  test('[C20] a refusal carries the problem as the API told it', async () => {
    const errors = [{ path: 'name', message: 'is too long' }];
    const { commands } = connected(problem(400, {}, { title: 'Invalid command', errors }));
    const failure = await failureOf(commands.createProject({ name: 'x' }, { key }));
    expect(failure).toBeInstanceOf(CommandRefused);
    expect((failure as CommandRefused).problem).toMatchObject({ title: 'Invalid command', errors });
  });

  test('[C21] tells how long to wait when the API says so', async () => {
    const { commands } = connected(problem(429, { 'Retry-After': '60' }));
    const failure = await failureOf(commands.send('archive-project', 'p1', { key }));
    expect(failure).toMatchObject({ retryAfterSeconds: 60 });
  });

  test('tells by what the logs know the request', async () => {
    const { commands } = connected(problem(500, { 'X-Correlation-Id': 'request-1' }));
    const failure = await failureOf(commands.send('archive-project', 'p1', { key }));
    expect(failure).toMatchObject({ requestId: 'request-1' });
  });

  test('an answer that is no problem document still has a title', async () => {
    const { commands } = connected(new Response('<html>', { status: 500 }));
    const failure = await failureOf(commands.send('archive-project', 'p1', { key }));
    expect(failure).toMatchObject({
      problem: { status: 500, title: expect.stringMatching('500') as string },
    });
  });

  test('no answer at all is told apart from a refusal', async () => {
    const lost = Array.from({ length: 5 }, () => new TypeError('Failed to fetch'));
    const { commands, sent } = connected(...lost);
    const failure = await failureOf(commands.createProject({ name: 'x' }, { key }));
    expect(failure).toBeInstanceOf(ApiUnreachable);
    expect(new Set(sent.map((each) => each.key))).toEqual(new Set([key]));
  });

  test('[C15] an expired token is renewed once, and the command keeps its key', async () => {
    const { commands, requests, refreshes, sent } = connected(problem(401), ok());
    expect(await commands.send('archive-project', 'p1', { key })).toEqual(accepted);
    expect(refreshes).toEqual([false, true]);
    expect(requests[1]?.headers.get('Authorization')).toBe('fresh-token');
    expect(sent.map((each) => each.key)).toEqual([key, key]);
  });

  test('without anybody signed in nothing is sent, and that is said', async () => {
    const { fetch, sent } = recording();
    const commands = connectCommands({
      baseUrl: 'http://api.test',
      token: () => Promise.reject(new NotSignedIn()),
      retrying: { fetch, sleep: () => Promise.resolve(), random: () => 1, now: () => 0 },
    });
    const failure = await failureOf(commands.send('archive-project', 'p1', { key }));
    expect(failure).toMatchObject({ problem: { status: 401 } });
    expect(sent).toEqual([]);
  });

  test('a second 401 is final', async () => {
    const { commands } = connected(problem(401), problem(401));
    const failure = await failureOf(commands.send('archive-project', 'p1', { key }));
    expect(failure).toMatchObject({ problem: { status: 401 } });
  });
});

test('every retry is told, so that the page can say why it takes long', async () => {
  const { commands } = connected(problem(503), problem(503), ok());
  const attempts: number[] = [];
  await commands.send('archive-project', 'p1', {
    key,
    onRetry: ({ attempt }) => attempts.push(attempt),
  });
  expect(attempts).toEqual([2, 3]);
});

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('the command was accepted'),
    (error: unknown) => error,
  );
}

test('[R36] bodies of commands have the types of the API', () => {
  expectTypeOf<CreateProject['name']>().toEqualTypeOf<string>();
  expectTypeOf<AddService['serviceType']>().toEqualTypeOf<'API' | 'FRONTEND' | 'WORKER'>();
  expectTypeOf<{ serviceType: 'API' }>().not.toExtend<AddService>();
});

describe('what a person asks for', () => {
  const archive = {
    url: 'https://archives.test/signed',
    fileName: 'shop.zip',
    expiresAt: '2026-11-21T10:01:00.000Z',
    bytes: 1,
    sha256: null,
  };

  test('is a link to the archive of a project, with a new token once the old one is refused', async () => {
    const answer = { data: archive, meta: { lastUpdated: null, version: 3 } };
    const refused = problem(401);
    const { commands, requests, refreshes } = connected(refused, Response.json(answer));
    expect(await commands.archiveOf('p1')).toEqual(archive);
    expect(requests[0]?.url).toBe('http://api.test/projects/p1/repository/download');
    expect(refreshes).toEqual([false, true]);
  });

  test('[C17] is a revision of the draft that they saw', async () => {
    const { commands, requests } = connected(ok());
    await commands.reviseTemplate('t1', { name: 'Web API' }, 7, { key });
    expect(requests[0]).toMatchObject({ method: 'PATCH', url: 'http://api.test/templates/t1' });
    expect(requests[0]?.headers.get('If-Match')).toBe('"7"');
  });

  test('is another attempt with other values', async () => {
    const { commands, sent, requests } = connected(ok());
    await commands.startProvisioning('p1', { templateParameters: { memory: 512 } }, { key });
    expect(requests[0]?.url).toBe('http://api.test/projects/p1/provisioning');
    expect(sent).toEqual([{ key, body: '{"templateParameters":{"memory":512}}' }]);
  });
});
