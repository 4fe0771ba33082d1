/** What one request may cost: depth, resolvers, time; lists and a schema that are not for everybody. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { FieldGate } from '../src/authorization/fields';
import { iamIdentity } from '../src/authorization/identity';
import { RequestError } from '../src/errors';
import { Execution } from '../src/execution';
import { buildSchema } from '../src/schema';
import type { Caller, GraphQLError } from './support/clients';
import { project, service, stored } from './support/rows';
import { APP_KEY, startStack, user, type Stack } from './support/stack';

const PROJECTS = 12;
const PAGE = 100;
const RESOLVERS = ['ResolverExecutionLimitReached', 'Resolver invocation limit reached.'];
const DEPTH = ['QueryDepthLimitReached', 'Query depth limit reached.'];

let stack: Stack;
let owner: Caller;
let second: Caller;

before(async () => {
  stack = await startStack();
  owner = stack.as(user(stack.people.owner.id));
  second = stack.as(user(stack.people.second.id));
  for (let at = 0; at < PROJECTS; at += 1) {
    const { id } = await stored(stack.projector, 'Project', project(stack.people.owner));
    await stored(stack.projector, 'Service', service(stack.people.owner, id));
  }
});
after(() => stack.stop());

const kinds = (errors: GraphQLError[]): unknown[] => [
  ...new Set(errors.map(({ errorType, message }) => JSON.stringify([errorType, message]))),
];

describe('a request of thirty aliases of nested lists', () => {
  const nested = 'items { owner services { items { owner project { name } } } }';
  const aliases = Array.from({ length: 30 }, (_, at) => `p${at}: listProjects { ${nested} }`);

  test('is refused beyond its resolvers, and others are served meanwhile', async () => {
    const heavy = owner.call(`{ ${aliases.join(' ')} }`);
    let ended = false;
    void heavy.then(() => (ended = true));
    const before = process.cpuUsage();
    const light = await second.call('{ __typename }');
    assert.deepEqual([light.data, ended], [{ __typename: 'Query' }, false]);
    const { status, errors } = await heavy;
    assert.deepEqual([status, kinds(errors)], [200, [JSON.stringify(RESOLVERS)]]);
    // Without the limit it runs 30 * (1 + 12 * 4) resolvers, and takes ten times as long.
    const { user: own, system } = process.cpuUsage(before);
    assert.ok((own + system) / 1e6 < 10, 'seconds of a processor');
  });

  test('a page of a hundred rows, each with its owner, is within the limit', async () => {
    const { people, projector } = stack;
    const rows = Array.from({ length: PAGE }, () => project(people.admin));
    await Promise.all(rows.map((row) => stored(projector, 'Project', row)));
    const userId = String(people.admin.claims.sub);
    const admin = stack.as(user(people.admin.id));
    const { projectsByUser } = await admin.data(
      `{ projectsByUser(userId: "${userId}", limit: ${PAGE}) { items { id name owner } } }`,
    );
    assert.equal(projectsByUser.items.length, PAGE);
  });
});

describe('a field', () => {
  const five = 'listProjects(limit: 1000) { items { services { items { project { PLACE } } } } }';

  test('on the sixth level is answered', async () => {
    const { listProjects } = await owner.data(`{ ${five.replace('PLACE', 'name')} }`);
    assert.equal(listProjects.items.length, PROJECTS);
  });

  const deeper: [string, string][] = [
    ['below it', `{ ${five.replace('PLACE', 'services { nextToken }')} }`],
    [
      'that a fragment hides',
      `{ ${five.replace('PLACE', '...F')} } fragment F on Project { services { nextToken } }`,
    ],
  ];
  for (const [what, query] of deeper) {
    test(`${what} fails alone`, async () => {
      const { status, data, errors } = await owner.call(query);
      assert.equal(status, 200);
      assert.deepEqual(kinds(errors), [JSON.stringify(DEPTH)]);
      assert.equal(data?.listProjects.items.length, PROJECTS);
    });
  }
});

describe('fragments that each name the next one twice', () => {
  const DOUBLINGS = 30;
  const chain = Array.from(
    { length: DOUBLINGS },
    (_, at) => `fragment F${at} on A { ...F${at + 1} ...F${at + 1} }`,
  );
  const document = `{ ...F0 } ${chain.join(' ')} fragment F${DOUBLINGS} on A { a }`;

  for (const operation of ['query', 'mutation', 'subscription'] as const) {
    test(`are followed once in a ${operation}`, async () => {
      const execution = new Execution(
        buildSchema(
          'type A { a: String } schema { query: A mutation: A subscription: A }',
          'stringify',
        ),
        new Map(),
        new FieldGate('AWS_IAM'),
        { queryDepth: 9, resolverCount: 9, seconds: 9 },
        () => assert.fail('a resolver broke'),
      );
      const caller = { identity: iamIdentity('key'), headers: {} };
      const request = { query: `${operation} ${document}` };
      if (operation === 'subscription') {
        assert.equal((await execution.register(request, caller)).field, 'a');
      } else {
        const { answer } = await execution.run(request, caller);
        assert.equal(answer.data?.a, null);
        assert.equal(answer.errors, undefined);
      }
    });
  }
});

describe('a list without an index', () => {
  for (const person of ['owner', 'developer', 'admin'] as const) {
    test(`is not for the ${person}, unless the page needs it`, async () => {
      const caller = stack.as(user(stack.people[person].id));
      for (const field of ['listServices', 'listServiceCheckpoints', 'listMetrics']) {
        const { errors } = await caller.call(`{ ${field} { items { id } } }`);
        assert.deepEqual(
          errors.map(({ errorType }) => errorType),
          ['Unauthorized'],
          field,
        );
      }
      assert.ok((await caller.data('{ listProjects { items { id } } }')).listProjects.items.length);
    });
  }

  test('is for operators, who sign', async () => {
    const { errors, data } = await stack.projector.call(
      '{ list: listServices(limit: 1000) { items { id } } }',
    );
    assert.deepEqual([errors, data?.list.items.length], [[], PROJECTS]);
  });
});

describe('the schema', () => {
  const asked: [string, string][] = [
    [
      '{ __schema { types { name } } }',
      "Validation error of type FieldUndefined: Field 'types' in type '__Schema' is undefined @ '__schema/types'",
    ],
    [
      '{ __type(name: "Project") { name } }',
      "Validation error of type FieldUndefined: Field 'name' in type '__Type' is undefined @ '__type/name'",
    ],
    [
      'query { ...F } fragment F on Query { __schema { queryType { name } } }',
      "Validation error of type FieldUndefined: Field 'queryType' in type '__Schema' is undefined @ '__schema/queryType'",
    ],
  ];
  for (const [query, message] of asked) {
    test(`is not shown to an API key: ${query}`, async () => {
      const { data, errors } = await stack.as(APP_KEY).call(query);
      assert.deepEqual([data, errors.map((error) => error.message)], [null, [message]]);
      assert.deepEqual((await owner.call(query)).errors, []);
    });
  }

  test('has names for an API key all the same', async () => {
    assert.deepEqual(await stack.as(APP_KEY).data('{ __typename }'), { __typename: 'Query' });
  });
});

describe('a request that takes too long', () => {
  test('is ended, and what runs for it starts nothing further', async () => {
    let started = 0;
    let goOn = (): void => assert.fail('nothing waits');
    const ended = new Promise<void>((resolve) => (goOn = resolve));
    const slowly = async (): Promise<object> => {
      started += 1;
      if (started === 2) await ended;
      return {};
    };
    const execution = new Execution(
      buildSchema('type Query { a: A } type A @aws_iam { a: A }', 'stringify'),
      new Map([
        ['Query.a', slowly],
        ['A.a', slowly],
      ]),
      new FieldGate('AWS_IAM'),
      { queryDepth: 9, resolverCount: 9, seconds: 1 },
      () => assert.fail('a resolver broke'),
    );
    const caller = { identity: iamIdentity('key'), headers: {} };
    await assert.rejects(
      execution.run({ query: '{ a { a { a { a { __typename } } } } }' }, caller),
      (error) => error instanceof RequestError && error.errorType === 'ExecutionTimeout',
    );
    goOn();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(started, 2);
  });
});
