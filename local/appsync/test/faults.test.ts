/** Faults on demand: each does what it says, and equal seeds do it alike. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Faults, FaultsError, NO_FAULTS, parseFaults } from '../src/faults';
import type { Realtime } from './support/clients';
import { project, stored, update, PROJECT } from './support/rows';
import { startStack, user, type Stack } from './support/stack';

describe('rates', () => {
  test('that are not named are off', () => {
    assert.deepEqual(parseFaults({ throttle: 0.5 }), { ...NO_FAULTS, throttle: 0.5 });
  });

  const wrong: [string, unknown, RegExp][] = [
    ['an unknown name', { stale: 1 }, /unknown faults: stale; known are/],
    ['a rate above 1', { throttle: 2 }, /not between 0 and 1: throttle/],
    ['a rate that is text', { dropFrames: '1' }, /not between 0 and 1: dropFrames/],
    ['a negative latency', { latencyMs: -1 }, /whole numbers/],
    ['a window that is a fraction', { reorderWindowMs: 0.5 }, /whole numbers/],
    ['a list', [], /object of rates/],
  ];
  for (const [what, value, message] of wrong) {
    test(`with ${what} are refused`, () =>
      assert.throws(
        () => parseFaults(value),
        (error) => error instanceof FaultsError && message.test(error.message),
      ));
  }

  test('strike alike for equal seeds, and about as often as they say', () => {
    const strikes = (seed: number): boolean[] => {
      const faults = new Faults(parseFaults({ throttle: 0.3, seed }));
      return Array.from({ length: 2000 }, () => faults.strikes('throttle'));
    };
    assert.deepEqual(strikes(7), strikes(7));
    assert.notDeepEqual(strikes(7), strikes(8));
    const share = strikes(7).filter(Boolean).length / 2000;
    assert.ok(share > 0.26 && share < 0.34, String(share));
  });
});

describe('a running server', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  afterEach(() => set({}));
  after(() => stack.stop());

  const set = (rates: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${stack.port}/_faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rates),
    });
  const listener = async (context: TestContext): Promise<Realtime> => {
    const realtime = await stack.connect(context, user(stack.people.admin.id));
    await realtime.subscribe(`subscription { onCreateProject { ${PROJECT} } }`);
    return realtime;
  };
  const write = (name: string): Promise<Record<string, unknown>> =>
    stored(stack.projector, 'Project', project(stack.people.owner, { name }));
  const names = (realtime: Realtime): string[] =>
    realtime.frames().map((frame) => frame.data.onCreateProject.name as string);

  test('says what is on', async () => {
    await set({ dropFrames: 0.25 });
    assert.deepEqual(await (await fetch(`http://127.0.0.1:${stack.port}/_faults`)).json(), {
      ...NO_FAULTS,
      dropFrames: 0.25,
    });
  });

  test('refuses rates that are wrong, and anything a foreign page could send unasked', async () => {
    assert.equal((await set({ nonsense: 1 })).status, 400);
    const simple = await fetch(`http://127.0.0.1:${stack.port}/_faults`, {
      method: 'POST',
      body: '{"throttle":1}',
    });
    assert.equal(simple.status, 415);
    assert.equal((await stack.projector.call('{ __typename }')).status, 200);
  });

  test('throttles with 429', async () => {
    await set({ throttle: 1 });
    const { status, errors } = await stack.projector.call('{ __typename }');
    assert.deepEqual([status, errors[0]?.errorType], [429, 'ThrottlingException']);
  });

  test('is slow', async () => {
    await set({ latencyMs: [120, 140] });
    const started = performance.now();
    await stack.projector.call('{ __typename }');
    assert.ok(performance.now() - started >= 119);
  });

  test('does a mutation and loses the answer', async (context) => {
    const realtime = await listener(context);
    await set({ ambiguous: 1 });
    const input = project(stack.people.owner);
    const { status } = await stack.projector.call(
      `mutation M($input: CreateProjectInput!) { createProject(input: $input) { ${PROJECT} } }`,
      { input },
    );
    assert.equal(status, 500);
    await set({});
    const { getProject } = await stack.projector.data(
      `query Q($id: ID!) { getProject(id: $id) { id } }`,
      { id: input.id },
    );
    assert.equal(getProject.id, input.id);
    await realtime.framesUntil(1);
  });

  test('sends frames twice', async (context) => {
    const realtime = await listener(context);
    await set({ duplicateFrames: 1 });
    await write('twice');
    await realtime.framesUntil(2);
    assert.deepEqual(names(realtime), ['twice', 'twice']);
  });

  test('loses frames', async (context) => {
    const realtime = await listener(context);
    await set({ dropFrames: 1 });
    await write('lost');
    await set({});
    await write('kept');
    await realtime.framesUntil(1);
    assert.deepEqual(names(realtime), ['kept']);
  });

  test('lets frames overtake each other, and loses none', async (context) => {
    const realtime = await listener(context);
    await set({ reorderFrames: 0.5, reorderWindowMs: 5000, seed: 3 });
    const sent = Array.from({ length: 12 }, (_, index) => `frame ${index}`);
    for (const name of sent) {
      await write(name);
    }
    await realtime.framesUntil(sent.length);
    assert.notDeepEqual(names(realtime), sent);
    assert.deepEqual(names(realtime).sort(), sent.sort());
  });

  describe('with stale reads', () => {
    const get = async (id: unknown): Promise<unknown> =>
      (
        await stack.projector.data(`query Q($id: ID!) { getProject(id: $id) { name version } }`, {
          id,
        })
      ).getProject;

    test('shows a row as it was before its last write', async () => {
      const { id } = await write('old');
      await update(stack.projector, 'Project', { id, name: 'new', version: 2 }, { version: 1 });
      await set({ staleReads: 1, staleWindowMs: 60_000 });
      assert.deepEqual(await get(id), { name: 'old', version: 1 });
    });

    test('shows a list as it was', async () => {
      const { id } = await stored(
        stack.projector,
        'Project',
        project(stack.people.owner, { userId: 'stale-list' }),
      );
      await update(stack.projector, 'Project', { id, version: 2 }, { version: 1 });
      await set({ staleReads: 1, staleWindowMs: 60_000 });
      const { projectsByUser } = await stack.projector.data(
        '{ projectsByUser(userId: "stale-list") { items { version } } }',
      );
      assert.deepEqual(projectsByUser.items, [{ version: 1 }]);
    });

    test('never invents a row in a partition of an index', async () => {
      const { id } = await stored(
        stack.projector,
        'Project',
        project(stack.people.owner, { userId: 'stale-status' }),
      );
      await update(
        stack.projector,
        'Project',
        { id, status: 'ARCHIVED', shelf: 'ARCHIVED#0', version: 2 },
        { version: 1 },
      );
      await set({ staleReads: 1, staleWindowMs: 60_000 });
      const { projectsByShelf } = await stack.projector.data(
        '{ projectsByShelf(shelf: "ARCHIVED#0") { items { id status } } }',
      );
      assert.deepEqual(projectsByShelf.items, [{ id, status: 'ARCHIVED' }]);
    });

    test('is fresh again once the window is over', async () => {
      const { id } = await write('old');
      await update(stack.projector, 'Project', { id, name: 'new', version: 2 }, { version: 1 });
      await set({ staleReads: 1, staleWindowMs: 100 });
      await delay(150);
      assert.deepEqual(await get(id), { name: 'new', version: 2 });
    });

    test('conditions are checked against the truth', async () => {
      const { id } = await write('old');
      await update(stack.projector, 'Project', { id, version: 2 }, { version: 1 });
      await set({ staleReads: 1, staleWindowMs: 60_000 });
      const stale = await update(stack.projector, 'Project', { id, version: 2 }, { version: 1 });
      assert.equal(stale.errors[0]?.errorType, 'DynamoDB:ConditionalCheckFailedException');
    });
  });
});

test('faults may be on from the start', async () => {
  const stack = await startStack({ FAULTS: JSON.stringify({ throttle: 1 }) });
  try {
    assert.equal((await stack.projector.call('{ __typename }')).status, 429);
  } finally {
    await stack.stop();
  }
});
