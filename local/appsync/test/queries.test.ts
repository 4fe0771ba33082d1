/** `project`, `projects` and `projectAnalytics`: to whom their resolvers show which rows, and what they refuse. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { marshall } from '@aws-sdk/util-dynamodb';

import type { Credential, GraphQLError } from './support/clients';
import { putItem } from './support/ministack';
import { analytics, project, service, stored } from './support/rows';
import { ACCESS_KEY, APP_KEY, startStack, user, type Stack } from './support/stack';

type Person = 'owner' | 'second' | 'developer' | 'admin';
const ROWS = ['a', 'b', 'archived', 'deleted', 'theirs'] as const;

let stack: Stack;
/** By name: the owner's, of whom one is archived and one deleted, and one of the second owner's. */
let ids: Record<string, string>;

before(async () => {
  stack = await startStack();
  const { owner, second } = stack.people;
  const status: Record<string, string> = { archived: 'ARCHIVED', deleted: 'DELETED' };
  ids = {};
  for (const [day, name] of ROWS.entries()) {
    const row = project(name === 'theirs' ? second : owner, {
      name,
      status: status[name] ?? 'ACTIVE',
      shelf: `${status[name] ?? 'ACTIVE'}#${day % 4}`,
      createdAt: `2026-03-0${day + 1}T00:00:00.000Z`,
    });
    ids[name] = (await stored(stack.projector, 'Project', row)).id as string;
  }
});
after(() => stack.stop());

const ONE = 'query Q($id: ID!) { project(id: $id) { id name owner services { items { id } } } }';
const LIST = `query Q($filter: ProjectFilterInput, $limit: Int, $next: String) {
  projects(filter: $filter, limit: $limit, nextToken: $next) { items { id name owner status } nextToken }
}`;

const tokens = (person: Person): Credential[] =>
  (['id', 'access'] as const).map((kind) => user(stack.people[person][kind]));
const sub = (person: Person): string => String(stack.people[person].claims.sub);
const kinds = (errors: GraphQLError[]): unknown[] => [
  ...new Set(errors.map(({ errorType }) => errorType)),
];

async function names(credential: Credential, variables: object = {}): Promise<unknown[]> {
  const { projects } = await stack.as(credential).data(LIST, variables);
  return projects.items.map(({ name }) => name);
}

describe('[R8, R26] project', () => {
  const shown = async (credential: Credential, name: string): Promise<unknown> =>
    (await stack.as(credential).data(ONE, { id: ids[name] ?? randomUUID() })).project?.name ?? null;

  for (const person of ['owner', 'developer', 'admin'] as const) {
    test(`is shown to the ${person}, by either token`, async () => {
      for (const credential of tokens(person)) {
        assert.equal(await shown(credential, 'a'), 'a');
        assert.equal(await shown(credential, 'archived'), 'archived');
      }
    });
  }

  test('of another is null without an error, as one that is not there', async () => {
    for (const credential of tokens('second')) {
      assert.equal(await shown(credential, 'a'), null);
      assert.equal(await shown(credential, 'nowhere'), null);
      assert.equal(await shown(credential, 'theirs'), 'theirs');
    }
  });

  test('without an id is null, as one that is not there', async () => {
    const { data, errors } = await stack.as(user(stack.people.owner.id)).call(ONE, { id: '' });
    assert.deepEqual([data?.project, errors], [null, []]);
  });

  test('that is deleted is not there any more', async () => {
    for (const credential of [...tokens('owner'), ...tokens('admin'), ACCESS_KEY]) {
      assert.equal(await shown(credential, 'deleted'), null);
    }
  });

  test('is shown to who signs with keys that are nobody’s', async () => {
    assert.equal(await shown(ACCESS_KEY, 'a'), 'a');
  });

  test('[R27] has rows of other read models, and its owner by username', async () => {
    const { project: row } = await stack.as(user(stack.people.owner.id)).data(ONE, { id: ids.a });
    assert.equal(row?.owner, stack.people.owner.claims['cognito:username']);
    assert.deepEqual(row?.services, { items: [] });
  });

  test('is the same row as getProject', async () => {
    const fields = 'id name description status userId owner version createdAt updatedAt';
    const query = `query Q($id: ID!) { project(id: $id) { ${fields} } getProject(id: $id) { ${fields} } }`;
    const { project: one, getProject } = await stack
      .as(user(stack.people.owner.id))
      .data(query, { id: ids.a });
    assert.deepEqual(one, getProject);
  });
});

describe('[R11, R26] projectAnalytics', () => {
  const SUM = `query Q($id: ID!, $range: TimeRange) {
    projectAnalytics(projectId: $id, timeRange: $range) {
      id projectId day deployments succeeded failed totalEvents owner
    }
  }`;
  const daysAgo = (days: number): string =>
    new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const sum = async (credential: Credential, name: string, range?: string): Promise<unknown> =>
    (await stack.as(credential).data(SUM, { id: ids[name] ?? randomUUID(), range }))
      .projectAnalytics;

  before(async () => {
    const { owner } = stack.people;
    for (const name of ['a', 'deleted']) {
      // Between the ends of the ranges, so that it is no matter when this runs.
      for (const days of [1, 10, 20, 60, 200, 400]) {
        const changes = { deployments: 2, succeeded: 1, failed: 1, totalEvents: days };
        const row = analytics(owner, ids[name], daysAgo(days), changes);
        await stored(stack.projector, 'ProjectAnalytics', row);
      }
    }
  });

  for (const [range, days, events] of [
    ['LAST_7_DAYS', 1, 1],
    ['LAST_14_DAYS', 2, 11],
    [undefined, 3, 31],
    ['LAST_30_DAYS', 3, 31],
    ['LAST_90_DAYS', 4, 91],
    ['LAST_365_DAYS', 5, 291],
  ] as const) {
    test(`adds up the days of ${range ?? 'thirty days, when none are named'}`, async () => {
      const found = await sum(user(stack.people.owner.id), 'a', range);
      assert.deepEqual(found, {
        id: ids.a,
        projectId: ids.a,
        day: daysAgo(0),
        deployments: 2 * days,
        succeeded: days,
        failed: days,
        totalEvents: events,
        owner: stack.people.owner.claims['cognito:username'],
      });
    });
  }

  test('takes seven days with today as the seventh', async () => {
    const id = ids.b ?? '';
    for (const days of [0, 6, 7]) {
      const row = analytics(stack.people.owner, id, daysAgo(days), { totalEvents: days + 1 });
      await stored(stack.projector, 'ProjectAnalytics', row);
    }
    const found = await sum(user(stack.people.owner.id), 'b', 'LAST_7_DAYS');
    assert.equal((found as { totalEvents: number }).totalEvents, 1 + 7);
  });

  test('of a project without anything in the range is zero, not null', async () => {
    const found = (await sum(user(stack.people.owner.id), 'archived')) as Record<string, unknown>;
    assert.deepEqual([found.deployments, found.totalEvents], [0, 0]);
  });

  test('is shown to its owner, to who may read all, and to who signs', async () => {
    const readers = [...tokens('owner'), ...tokens('developer'), ...tokens('admin'), ACCESS_KEY];
    for (const credential of readers) {
      assert.ok(await sum(credential, 'a'));
    }
  });

  test('of another’s project is null without an error, as of one that is not there', async () => {
    for (const credential of tokens('second')) {
      assert.equal(await sum(credential, 'a'), null);
      assert.equal(await sum(credential, 'nowhere'), null);
    }
  });

  test('of a deleted project is not there any more', async () => {
    for (const credential of [...tokens('owner'), ...tokens('admin'), ACCESS_KEY]) {
      assert.equal(await sum(credential, 'deleted'), null);
    }
  });

  test('refuses a range that there is not', async () => {
    const { data, errors } = await stack
      .as(user(stack.people.owner.id))
      .call(SUM, { id: ids.a, range: 'LAST_2_DAYS' });
    assert.ok(!data?.projectAnalytics);
    assert.ok(errors.length > 0);
  });
});

describe('[R9, R26] projects', () => {
  test('are the owner’s own, newest first, without deleted ones', async () => {
    for (const credential of tokens('owner')) {
      assert.deepEqual(await names(credential), ['archived', 'b', 'a']);
    }
    for (const credential of tokens('second')) {
      assert.deepEqual(await names(credential), ['theirs']);
    }
  });

  test('are everybody’s active ones for Developer, Admin and who signs', async () => {
    for (const credential of [...tokens('developer'), ...tokens('admin'), ACCESS_KEY]) {
      assert.deepEqual(await names(credential), ['theirs', 'b', 'a']);
    }
  });

  test('[R9] are filtered by status, deleted ones on request', async () => {
    for (const [status, expected] of [
      ['ARCHIVED', ['archived']],
      ['DELETED', ['deleted']],
    ] as const) {
      for (const credential of [...tokens('owner'), ...tokens('admin'), ACCESS_KEY]) {
        assert.deepEqual(await names(credential, { filter: { status } }), expected);
      }
      assert.deepEqual(await names(user(stack.people.second.id), { filter: { status } }), []);
    }
  });

  test('of one user are shown to that user and to who may read all', async () => {
    const filter = { userId: sub('owner') };
    for (const credential of [...tokens('owner'), ...tokens('developer'), ACCESS_KEY]) {
      assert.deepEqual(await names(credential, { filter }), ['archived', 'b', 'a']);
    }
    for (const credential of tokens('second')) {
      assert.deepEqual(await names(credential, { filter }), []);
      assert.deepEqual(await names(credential, { filter: { ...filter, status: 'ACTIVE' } }), []);
    }
  });

  test('show their owner by username, as a project does', async () => {
    const { projects } = await stack.as(user(stack.people.owner.id)).data(LIST);
    const [owner] = new Set(projects.items.map((row) => row.owner));
    assert.equal(owner, stack.people.owner.claims['cognito:username']);
  });

  test('come page by page', async () => {
    const caller = stack.as(user(stack.people.owner.id));
    const found: unknown[] = [];
    for (let next: unknown = null, page = 0; page === 0 || next !== null; page += 1) {
      assert.ok(page < 10, 'the pages have no end');
      const { projects } = await caller.data(LIST, { limit: 1, next });
      found.push(...projects.items.map(({ name }) => name));
      next = projects.nextToken;
    }
    assert.deepEqual(found, ['archived', 'b', 'a']);
  });

  test('of everybody come page by page from all shelves, none twice', async () => {
    const { second } = stack.people;
    const moments = [...Array(30).keys()].map((n) => new Date(Date.UTC(2026, 4, 1, 0, n >> 2)));
    for (const [n, moment] of moments.entries()) {
      const createdAt = moment.toISOString();
      const shelf = `ARCHIVED#${(n * 7) % 4}`;
      const row = project(second, { name: `many ${n}`, status: 'ARCHIVED', shelf, createdAt });
      await stored(stack.projector, 'Project', row);
    }
    const caller = stack.as(user(stack.people.admin.id));
    for (const limit of [1, 7, 100]) {
      const found: Record<string, unknown>[] = [];
      for (let next: unknown = null, page = 0; page === 0 || next !== null; page += 1) {
        assert.ok(page < 40, 'the pages have no end');
        const query = LIST.replace('{ id name', '{ id createdAt name');
        const { projects } = await caller.data(query, {
          limit,
          next,
          filter: { status: 'ARCHIVED' },
        });
        assert.ok(projects.items.length <= limit);
        found.push(...projects.items);
        next = projects.nextToken;
      }
      assert.equal(new Set(found.map(({ name }) => name)).size, found.length);
      assert.equal(found.length, 31);
      const times = found.map(({ createdAt }) => String(createdAt));
      assert.deepEqual(times, [...times].sort().reverse());
    }
  });

  test('of everybody refuse a token of another list', async () => {
    const { errors } = await stack
      .as(user(stack.people.admin.id))
      .call(LIST, { next: 'eyJ2ZXJzaW9uIjoyfQ==' });
    assert.deepEqual(
      errors.map(({ message }) => message),
      ['nextToken is not one of this list.'],
    );
  });

  for (const person of ['owner', 'admin'] as const) {
    test(`are refused to the ${person} with an empty user or token`, async () => {
      const caller = user(stack.people[person].id);
      for (const [variables, message] of [
        [{ filter: { userId: '' } }, 'userId must not be empty.'],
        [{ next: '' }, 'nextToken is not one of this list.'],
      ] as const) {
        const { data, errors } = await stack.as(caller).call(LIST, variables);
        assert.equal(data?.projects, null);
        assert.deepEqual(
          errors.map((error) => error.message),
          [message],
        );
      }
    });
  }

  for (const limit of [0, -1, 101, 1_000_000_000]) {
    test(`are refused with limit ${limit}`, async () => {
      const { data, errors } = await stack.as(user(stack.people.owner.id)).call(LIST, { limit });
      assert.deepEqual(
        [data?.projects, errors.map(({ errorType, message }) => [errorType, message])],
        [null, [['InvalidArgumentsError', 'limit must be 1 to 100.']]],
      );
    });
  }

  for (const filter of [{ name: 'a' }, { status: 'HIBERNATING' }, { owner: 'x' }]) {
    test(`are refused with the filter ${JSON.stringify(filter)}`, async () => {
      const { data, errors } = await stack.as(user(stack.people.owner.id)).call(LIST, { filter });
      assert.equal(data, null);
      assert.equal(errors.length, 1);
    });
  }

  test('with the token of no page are an error, not a crash', async () => {
    const { data, errors } = await stack
      .as(user(stack.people.owner.id))
      .call(LIST, { next: 'bm9uc2Vuc2U=' });
    assert.equal(data?.projects, null);
    assert.match(String(errors[0]?.errorType), /^DynamoDB:/);
  });

  test('with the token of another’s page show nothing of theirs', async () => {
    const { projects } = await stack.as(user(stack.people.owner.id)).data(LIST, { limit: 1 });
    const { data } = await stack
      .as(user(stack.people.second.id))
      .call(LIST, { next: projects.nextToken });
    const found = data?.projects?.items.map(({ name }) => name) ?? [];
    assert.deepEqual(
      found.filter((name) => name !== 'theirs'),
      [],
    );
  });

  test('show the others beside one that the schema cannot show', async () => {
    const userId = randomUUID();
    const { owner } = stack.people;
    const [good, bad] = [project(owner, { userId }), project(owner, { userId })];
    await stored(stack.projector, 'Project', good);
    const item = { ...marshall(bad), status: { S: 'HIBERNATING' } };
    await putItem(stack.emulator.endpoint, `Project-${stack.stage}`, item);

    const { data, errors } = await stack.as(ACCESS_KEY).call(LIST, { filter: { userId } });
    const items = data?.projects.items as (object | null)[];
    assert.deepEqual(items.map((row) => row !== null).sort(), [false, true]);
    assert.equal(errors[0]?.path?.at(-1), 'status');
  });
});

test('the API key reads neither', async () => {
  const query = '{ project(id: "x") { id } projects { nextToken } }';
  const { data, errors } = await stack.as(APP_KEY).call(query);
  assert.deepEqual([data, kinds(errors)], [{ project: null, projects: null }, ['Unauthorized']]);
});

describe('a bomb', () => {
  const caller = (): ReturnType<Stack['as']> => stack.as(user(stack.people.owner.id));

  test('of aliases is refused beyond the resolvers of one request', async () => {
    const aliases = Array.from(
      { length: 1_000 },
      (_, at) => `p${at}: project(id: "${ids.a}") { id }`,
    );
    const { status, data, errors } = await caller().call(`{ ${aliases.join(' ')} }`);
    const answered = Object.values(data ?? {}).filter((row) => row !== null);
    assert.deepEqual([status, answered.length], [200, 150]);
    assert.deepEqual([errors.length, kinds(errors)], [850, ['ResolverExecutionLimitReached']]);
  });

  test('of lists that are all read is refused the same', async () => {
    const aliases = Array.from({ length: 200 }, (_, at) => `p${at}: projects { items { id } }`);
    const { errors } = await caller().call(`{ ${aliases.join(' ')} }`);
    assert.deepEqual([errors.length, kinds(errors)], [50, ['ResolverExecutionLimitReached']]);
  });

  test('of depth is refused below the sixth level', async () => {
    await stored(stack.projector, 'Service', service(stack.people.owner, ids.b));
    const deep = (levels: number): string =>
      levels === 0 ? 'id' : `services { items { project { ${deep(levels - 1)} } } }`;
    const { data, errors } = await caller().call(`{ project(id: "${ids.b}") { ${deep(20)} } }`);
    assert.deepEqual(kinds(errors), ['QueryDepthLimitReached']);
    assert.equal(data?.project?.services.items.length, 1);
  });

  test('of one field many times over is refused before anything is read', async () => {
    const again = 'project(id: "x") { id } '.repeat(10_000);
    const { status, data, errors } = await caller().call(`{ ${again} }`);
    assert.deepEqual(
      [status, data, errors.map(({ message }) => message)],
      [200, null, ['Validation aborted.']],
    );
  });
});
