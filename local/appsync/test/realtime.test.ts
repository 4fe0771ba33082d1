/** Subscriptions: the protocol, who hears what, and what a frame carries. */
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { MAX_PAYLOAD_BYTES } from '../src/realtime/hub';
import { Realtime, type Credential, type Message } from './support/clients';
import type { Tokens } from './support/people';
import {
  create,
  metric,
  mutation,
  project,
  service,
  stored,
  update,
  PROJECT,
} from './support/rows';
import { ACCESS_KEY, APP_KEY, startStack, user, type Stack } from './support/stack';

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack.stop());

const ON_CREATE = `subscription { onCreateProject { ${PROJECT} } }`;
const ON_UPDATE = `subscription { onUpdateProject { ${PROJECT} } }`;

/** Long enough for a frame that must not come: they take milliseconds. */
const SILENCE_MS = 250;

async function subscribed(
  context: TestContext,
  credential: Credential,
  query: string,
  variables: object = {},
): Promise<Realtime> {
  const realtime = await stack.connect(context, credential);
  await realtime.subscribe(query, variables);
  return realtime;
}

describe('the protocol', () => {
  for (const place of ['query', 'subprotocol'] as const) {
    for (const kind of ['token', 'apiKey', 'iam'] as const) {
      test(`a connection is acknowledged with ${kind} in the ${place}`, async (context) => {
        const credentials: Record<string, Credential> = {
          token: user(stack.people.owner.id),
          apiKey: APP_KEY,
          iam: ACCESS_KEY,
        };
        const realtime = await Realtime.connect(stack.port, credentials[kind] as Credential, place);
        context.after(() => realtime.close());
        assert.deepEqual(realtime.messages[0], {
          type: 'connection_ack',
          payload: { connectionTimeoutMs: 300_000 },
        });
        await realtime.next(({ type }) => type === 'ka');
      });
    }
  }

  const refused: Record<string, Credential> = {
    'no credential': { kind: 'none' },
    'no token': { kind: 'token', token: 'hello' },
    'another API key': { kind: 'apiKey', apiKey: 'guess' },
    'another secret': { ...ACCESS_KEY, secret: 'guess' },
  };
  for (const [what, credential] of Object.entries(refused)) {
    test(`a connection with ${what} is refused and closed`, async (context) => {
      const realtime = await Realtime.open(stack.port, credential);
      context.after(() => realtime.close());
      const { payload } = await realtime.next(({ type }) => type === 'connection_error');
      assert.ok([401, 403].includes(payload?.errors?.[0]?.errorCode ?? 0));
      await until(() => realtime.socket.readyState === realtime.socket.CLOSED);
    });
  }

  test('a refused connection is never acknowledged, and starts nothing', async (context) => {
    const realtime = await Realtime.open(stack.port, { kind: 'token', token: 'hello' });
    context.after(() => realtime.close());
    realtime.send({ type: 'connection_init' });
    const answer = realtime
      .start(ON_CREATE, {}, user(stack.people.admin.id))
      .catch(() => undefined);
    await until(() => realtime.socket.readyState === realtime.socket.CLOSED);
    assert.deepEqual(
      realtime.messages.map(({ type }) => type),
      ['connection_error'],
    );
    await answer;
  });

  test('each subscription is authorized on its own', async (context) => {
    const realtime = await stack.connect(context, user(stack.people.owner.id));
    const answer = await realtime.start(ON_CREATE, {}, { kind: 'token', token: 'hello' });
    assert.equal(answer.type, 'error');
    assert.equal(answer.payload?.errors?.[0]?.errorType, 'UnauthorizedException');
  });

  test('stop ends a subscription, and is confirmed', async (context) => {
    const realtime = await stack.connect(context, user(stack.people.admin.id));
    const id = await realtime.subscribe(ON_CREATE);
    realtime.send({ id, type: 'stop' });
    await realtime.next((message) => message.id === id && message.type === 'complete');
    await stored(stack.projector, 'Project', project(stack.people.owner));
    await delay(SILENCE_MS);
    assert.deepEqual(realtime.frames(), []);
  });

  test('a stop sent right behind its start does not overtake it', async (context) => {
    const realtime = await stack.connect(context, user(stack.people.admin.id));
    const started = realtime.start(ON_CREATE);
    await until(() => realtime.socket.bufferedAmount === 0);
    realtime.send({ id: 's1', type: 'stop' });
    assert.equal((await started).type, 'start_ack');
    await realtime.next(({ id, type }) => id === 's1' && type === 'complete');
  });

  const faulty: [string, (id: string) => Message, string][] = [
    ['a stop of nothing', () => ({ id: 'nothing', type: 'stop' }), 'UnknownOperationError'],
    ['a message of no kind', () => ({ id: 'x', type: 'dance' }), 'UnsupportedOperation'],
    ['an id in use', (id) => ({ id, type: 'start', payload: {} }), 'DuplicatedOperationError'],
  ];
  for (const [what, message, errorType] of faulty) {
    test(`${what} is ${errorType}`, async (context) => {
      const realtime = await stack.connect(context, user(stack.people.admin.id));
      const id = await realtime.subscribe(ON_CREATE);
      realtime.send(message(id));
      const { payload } = await realtime.next(({ type }) => type === 'error');
      assert.equal(payload?.errors?.[0]?.errorType, errorType);
    });
  }

  const documents: [string, string, RegExp][] = [
    ['a query', '{ __typename }', /one subscription field/],
    [
      'two fields at once',
      'subscription { onCreateProject { id } onUpdateProject { id } }',
      /subscription/i,
    ],
    ['a field that is not there', 'subscription { onCreateProject { colour } }', /FieldUndefined/],
    ['no GraphQL', 'subscription {', /parse/],
  ];
  for (const [what, query, message] of documents) {
    test(`a start with ${what} is refused`, async (context) => {
      const realtime = await stack.connect(context, user(stack.people.admin.id));
      const { type, payload } = await realtime.start(query);
      assert.equal(type, 'error');
      assert.match(payload?.errors?.[0]?.message ?? '', message);
    });
  }

  test('text that is no JSON is refused and the connection goes on', async (context) => {
    const realtime = await stack.connect(context, user(stack.people.admin.id));
    realtime.socket.send('{');
    await realtime.next(({ type }) => type === 'error');
    await realtime.subscribe(ON_CREATE);
  });

  test('a connection holds a hundred subscriptions and no more', async (context) => {
    const realtime = await stack.connect(context, user(stack.people.admin.id));
    for (let count = 0; count < 100; count += 1) {
      await realtime.subscribe('subscription { onDeleteProject { id } }');
    }
    const { payload } = await realtime.start('subscription { onDeleteProject { id } }');
    assert.equal(payload?.errors?.[0]?.errorType, 'MaxSubscriptionsReachedError');
  });

  test('there is no WebSocket at other paths', async () => {
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(`ws://127.0.0.1:${stack.port}/elsewhere`, 'graphql-ws');
    await assert.rejects(
      new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)),
      /404/,
    );
  });
});

describe('who hears of a row', () => {
  const writes: [string, string, (owner: Tokens) => Promise<unknown>][] = [
    ['created', ON_CREATE, (owner) => stored(stack.projector, 'Project', project(owner))],
    [
      'updated',
      ON_UPDATE,
      async (owner) => {
        const { id } = await stored(stack.projector, 'Project', project(owner));
        return update(stack.projector, 'Project', { id, version: 2 }, { version: 1 });
      },
    ],
    [
      'deleted',
      `subscription { onDeleteProject { ${PROJECT} } }`,
      async (owner) => {
        const { id } = await stored(stack.projector, 'Project', project(owner));
        return stack.projector.data(mutation('delete', 'Project'), { input: { id } });
      },
    ],
  ];
  for (const [what, query, write] of writes) {
    for (const kind of ['id', 'access'] as const) {
      test(`${what}: its owner, Developer and Admin, not the second owner (${kind} tokens)`, async (context) => {
        const { owner, second, developer, admin } = stack.people;
        const listener = (person: Tokens): Promise<Realtime> =>
          subscribed(context, user(person[kind]), query);
        const [own, other, dev, adm] = await Promise.all([
          listener(owner),
          listener(second),
          listener(developer),
          listener(admin),
        ]);
        await write(owner);
        await Promise.all([own, dev, adm].map((each) => each.framesUntil(1)));
        await delay(SILENCE_MS);
        assert.deepEqual(
          other.messages.filter(({ type }) => type !== 'ka').map(({ type }) => type),
          ['connection_ack', 'start_ack'],
        );
        assert.equal(own.frames().length, 1);
      });
    }
  }

  test('services too', async (context) => {
    const query = 'subscription { onCreateService { id owner } }';
    const own = await subscribed(context, user(stack.people.owner.id), query);
    const other = await subscribed(context, user(stack.people.second.id), query);
    await stored(stack.projector, 'Service', service(stack.people.owner, 'p'));
    await own.framesUntil(1);
    await delay(SILENCE_MS);
    assert.deepEqual(other.frames(), []);
  });

  test('a signed principal hears all', async (context) => {
    const realtime = await subscribed(context, ACCESS_KEY, ON_CREATE);
    await stored(stack.projector, 'Project', project(stack.people.owner));
    await realtime.framesUntil(1);
  });

  test('the API key may not listen', async (context) => {
    const realtime = await stack.connect(context, APP_KEY);
    const { type, payload } = await realtime.start(ON_CREATE);
    assert.equal(type, 'error');
    assert.equal(payload?.errors?.[0]?.errorType, 'Unauthorized');
    assert.equal(
      payload?.errors?.[0]?.message,
      'Not Authorized to access onCreateProject on type Subscription',
    );
  });

  test('metrics are for the Admin', async (context) => {
    const query = 'subscription { onCreateMetric { id } }';
    const admin = await subscribed(context, user(stack.people.admin.id), query);
    const developer = await stack.connect(context, user(stack.people.developer.id));
    assert.equal((await developer.start(query)).type, 'error');
    await stored(stack.projector, 'Metric', metric());
    await admin.framesUntil(1);
  });

  test('nobody, when the mutation did not select the owner, but those who hear all', async (context) => {
    const own = await subscribed(
      context,
      user(stack.people.owner.id),
      'subscription { onCreateProject { id } }',
    );
    const dev = await subscribed(
      context,
      user(stack.people.developer.id),
      'subscription { onCreateProject { id } }',
    );
    await stack.projector.data(mutation('create', 'Project', 'id'), {
      input: project(stack.people.owner),
    });
    await dev.framesUntil(1);
    await delay(SILENCE_MS);
    assert.deepEqual(own.frames(), []);
  });
});

describe('the owner argument', () => {
  const query = `subscription S($owner: String) { onCreateProject(owner: $owner) { ${PROJECT} } }`;
  const username = (): string => String(stack.people.owner.claims['cognito:username']);

  test('of the caller’s own name is heard', async (context) => {
    const realtime = await subscribed(context, user(stack.people.owner.id), query, {
      owner: username(),
    });
    await stored(stack.projector, 'Project', project(stack.people.second));
    await stored(stack.projector, 'Project', project(stack.people.owner));
    assert.equal((await realtime.framesUntil(1))[0]?.data.onCreateProject.owner, username());
    await delay(SILENCE_MS);
    assert.equal(realtime.frames().length, 1);
  });

  test('of somebody else is refused', async (context) => {
    const realtime = await stack.connect(context, user(stack.people.second.id));
    const { type, payload } = await realtime.start(query, { owner: username() });
    assert.equal(type, 'error');
    assert.equal(payload?.errors?.[0]?.errorType, 'Unauthorized');
  });

  test('narrows what an Admin hears', async (context) => {
    const realtime = await subscribed(context, user(stack.people.admin.id), query, {
      owner: username(),
    });
    await stored(stack.projector, 'Project', project(stack.people.second));
    await stored(stack.projector, 'Project', project(stack.people.owner));
    await realtime.framesUntil(1);
    await delay(SILENCE_MS);
    assert.equal(realtime.frames().length, 1);
  });
});

describe('the filter argument', () => {
  const query = `subscription S($filter: ModelSubscriptionProjectFilterInput) { onCreateProject(filter: $filter) { id name } }`;
  const cases: [string, object, boolean][] = [
    ['eq', { name: { eq: 'Rocket' } }, true],
    ['ne', { name: { ne: 'Rocket' } }, false],
    ['in', { status: { in: ['ARCHIVED', 'ACTIVE'] } }, true],
    ['notIn', { status: { notIn: ['ACTIVE'] } }, false],
    ['between', { version: { between: [1, 2] } }, true],
    ['gt', { version: { gt: 1 } }, false],
    ['beginsWith', { name: { beginsWith: 'Ro' } }, true],
    ['contains', { description: { contains: 'mars' } }, false],
    ['notContains', { description: { notContains: 'mars' } }, true],
    ['or', { or: [{ version: { eq: 9 } }, { name: { eq: 'Rocket' } }] }, true],
    ['and', { and: [{ version: { eq: 1 } }, { name: { eq: 'Plane' } }] }, false],
    ['two fields', { version: { eq: 1 }, name: { eq: 'Rocket' } }, true],
  ];
  for (const [operator, filter, wanted] of cases) {
    test(`${operator}: ${JSON.stringify(filter)} is ${wanted ? 'heard' : 'not heard'}`, async (context) => {
      const realtime = await subscribed(context, user(stack.people.admin.id), query, { filter });
      await stored(stack.projector, 'Project', project(stack.people.owner));
      await delay(wanted ? 0 : SILENCE_MS);
      assert.equal((await realtime.framesUntil(wanted ? 1 : 0)).length, wanted ? 1 : 0);
    });
  }

  test('does not widen what an owner hears', async (context) => {
    const realtime = await subscribed(context, user(stack.people.second.id), query, {
      filter: { or: [{ version: { ge: 0 } }] },
    });
    await stored(stack.projector, 'Project', project(stack.people.owner));
    await delay(SILENCE_MS);
    assert.deepEqual(realtime.frames(), []);
  });

  test('that is empty hears nothing: AppSync compares the argument itself', async (context) => {
    const realtime = await subscribed(context, user(stack.people.admin.id), query, { filter: {} });
    await stored(stack.projector, 'Project', project(stack.people.owner));
    await delay(SILENCE_MS);
    assert.deepEqual(realtime.frames(), []);
  });
});

describe('a frame', () => {
  test('carries what the mutation selected, as the mutation answered it', async (context) => {
    const realtime = await subscribed(
      context,
      user(stack.people.owner.id),
      'subscription { onCreateService { id name configuration } }',
    );
    const row = await stored(
      stack.projector,
      'Service',
      service(stack.people.owner, 'p', { configuration: '{"a":[1,{"b":null}]}' }),
    );
    const [frame] = await realtime.framesUntil(1);
    assert.deepEqual(frame, {
      data: { onCreateService: { id: row.id, name: row.name, configuration: row.configuration } },
    });
  });

  test('has null where the mutation selected nothing', async (context) => {
    const realtime = await subscribed(
      context,
      user(stack.people.admin.id),
      'subscription { onCreateProject { id description } }',
    );
    await stack.projector.data(mutation('create', 'Project', 'id'), {
      input: project(stack.people.owner),
    });
    assert.equal((await realtime.framesUntil(1))[0]?.data.onCreateProject.description, null);
  });

  test('is null with an error where that field is required', async (context) => {
    const realtime = await subscribed(
      context,
      user(stack.people.admin.id),
      'subscription { onCreateProject { id name } }',
    );
    await stack.projector.data(mutation('create', 'Project', 'id'), {
      input: project(stack.people.owner),
    });
    const [frame] = await realtime.framesUntil(1);
    assert.equal(frame?.data.onCreateProject, null);
    assert.equal(
      frame?.errors?.[0]?.message,
      "Cannot return null for non-nullable type: 'String' within parent 'Project' (/onCreateProject/name)",
    );
  });

  test('knows the type’s name and the client’s own names', async (context) => {
    const realtime = await subscribed(
      context,
      user(stack.people.admin.id),
      'subscription { project: onCreateProject { __typename title: name } }',
    );
    await stored(stack.projector, 'Project', project(stack.people.owner));
    assert.deepEqual((await realtime.framesUntil(1))[0], {
      data: { project: { __typename: 'Project', title: 'Rocket' } },
    });
  });

  test('goes to every subscription of a connection', async (context) => {
    const realtime = await stack.connect(context, user(stack.people.admin.id));
    const ids = [await realtime.subscribe(ON_CREATE), await realtime.subscribe(ON_CREATE)];
    await stored(stack.projector, 'Project', project(stack.people.owner));
    await realtime.framesUntil(2);
    assert.deepEqual(
      ids.map((id) => realtime.frames(id).length),
      [1, 1],
    );
  });
});

describe('what fires no frame', () => {
  const listener = (context: TestContext): Promise<Realtime> =>
    subscribed(context, user(stack.people.admin.id), ON_CREATE);

  test('a mutation under another name', async (context) => {
    const realtime = await listener(context);
    await stack.projector.data(
      `mutation M($input: CreateProjectInput!) { alias: createProject(input: $input) { ${PROJECT} } }`,
      { input: project(stack.people.owner) },
    );
    await delay(SILENCE_MS);
    assert.deepEqual(realtime.frames(), []);
  });

  test('mutations under each other’s names', async (context) => {
    const realtime = await listener(context);
    const row = await stored(stack.projector, 'Project', project(stack.people.owner));
    await realtime.framesUntil(1);
    const query = `mutation M($input: CreateProjectInput!, $change: UpdateProjectInput!) {
      createProject: updateProject(input: $change) { ${PROJECT} } updateProject: createProject(input: $input) { ${PROJECT} }
    }`;
    await stack.projector.data(query, {
      input: project(stack.people.owner),
      change: { id: row.id, version: 2 },
    });
    await delay(SILENCE_MS);
    assert.equal(realtime.frames().length, 1);
  });

  test('a refused mutation', async (context) => {
    const realtime = await listener(context);
    await create(stack.as(user(stack.people.owner.id)), 'Project', project(stack.people.owner));
    await delay(SILENCE_MS);
    assert.deepEqual(realtime.frames(), []);
  });

  test('a failed condition', async (context) => {
    const realtime = await subscribed(context, user(stack.people.admin.id), ON_UPDATE);
    await update(stack.projector, 'Project', { id: 'nowhere', version: 2 }, { version: 1 });
    await delay(SILENCE_MS);
    assert.deepEqual(realtime.frames(), []);
  });

  test('a direct write to the table', async (context) => {
    const realtime = await listener(context);
    const { DynamoDBClient, PutItemCommand } = await import('@aws-sdk/client-dynamodb');
    const client = new DynamoDBClient({
      endpoint: stack.emulator.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await client.send(
      new PutItemCommand({ TableName: `Project-${stack.stage}`, Item: { id: { S: 'direct' } } }),
    );
    await delay(SILENCE_MS);
    assert.deepEqual(realtime.frames(), []);
  });

  test('a service does not tell those who listen to its project', async (context) => {
    const realtime = await subscribed(context, user(stack.people.admin.id), ON_UPDATE);
    const { id } = await stored(stack.projector, 'Project', project(stack.people.owner));
    await stored(stack.projector, 'Service', service(stack.people.owner, id));
    await delay(SILENCE_MS);
    assert.deepEqual(realtime.frames(), []);
  });

  test('a payload above 240 KB; the mutation stands', async (context) => {
    const realtime = await listener(context);
    const fits = await stored(
      stack.projector,
      'Project',
      project(stack.people.owner, { description: 'x'.repeat(MAX_PAYLOAD_BYTES - 1000) }),
    );
    const tooLarge = await stored(
      stack.projector,
      'Project',
      project(stack.people.owner, { description: 'x'.repeat(MAX_PAYLOAD_BYTES) }),
    );
    await realtime.framesUntil(1);
    await delay(SILENCE_MS);
    assert.deepEqual(
      realtime.frames().map((frame) => frame.data.onCreateProject.id),
      [fits.id],
    );
    assert.notEqual(tooLarge.id, undefined);
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !holds(); await delay(2)) {
    assert.ok(Date.now() < end, 'it did not come to pass within a minute');
  }
}
