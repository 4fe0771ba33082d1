/** Who may read and write what, as the generated rules say. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Credential } from './support/clients';
import {
  checkpoint,
  create,
  metric,
  mutation,
  project,
  service,
  stored,
  PROJECT,
} from './support/rows';
import { ACCESS_KEY, APP_KEY, startStack, user, type Stack } from './support/stack';

let stack: Stack;
let rows: { Project: Row; Service: Row; ServiceCheckpoint: Row; Metric: Row };

type Row = Record<string, unknown>;

before(async () => {
  stack = await startStack();
  const { projector, people } = stack;
  const row = await stored(projector, 'Project', project(people.owner));
  rows = {
    Project: row,
    Service: await stored(projector, 'Service', service(people.owner, row.id)),
    ServiceCheckpoint: await stored(projector, 'ServiceCheckpoint', checkpoint({ id: row.id })),
    Metric: await stored(projector, 'Metric', metric()),
  };
});
after(() => stack.stop());

const GET = `query Q($id: ID!) { getProject(id: $id) { ${PROJECT} services { items { id } } } }`;

const LISTS = {
  projectsByUser: () =>
    `{ list: projectsByUser(userId: "${String(stack.people.owner.claims.sub)}") { items { id owner } } }`,
  projectsByShelf: () => `{ list: projectsByShelf(shelf: "ACTIVE#0") { items { id owner } } }`,
  servicesByProject: () =>
    `{ list: servicesByProject(projectId: "${String(rows.Project.id)}") { items { id owner } } }`,
};

for (const kind of ['id', 'access'] as const) {
  describe(`with the ${kind} token`, () => {
    for (const person of ['owner', 'developer', 'admin'] as const) {
      test(`the ${person} reads the project and its services`, async () => {
        const { getProject } = await stack
          .as(user(stack.people[person][kind]))
          .data(GET, { id: rows.Project.id });
        assert.equal(getProject.id, rows.Project.id);
        assert.equal(getProject.services.items.length, 1);
      });
    }

    test('the second owner gets null, and is told why', async () => {
      const { data, errors } = await stack
        .as(user(stack.people.second[kind]))
        .call(GET, { id: rows.Project.id });
      assert.equal(data?.getProject, null);
      assert.equal(errors[0]?.errorType, 'Unauthorized');
      assert.equal(errors[0]?.message, 'Not Authorized to access getProject on type Query');
    });

    for (const [name, query] of Object.entries(LISTS)) {
      test(`${name} shows the owner, Developer and Admin the rows, the second owner none`, async () => {
        const count = async (person: 'owner' | 'second' | 'developer' | 'admin'): Promise<number> =>
          (await stack.as(user(stack.people[person][kind])).data(query())).list.items.length;
        assert.deepEqual(
          await Promise.all([count('owner'), count('developer'), count('admin'), count('second')]),
          [1, 1, 1, 0],
        );
      });
    }
  });
}

test('a row that is not there is null without an error, for anyone', async () => {
  const { data, errors } = await stack
    .as(user(stack.people.second.id))
    .call(GET, { id: 'nowhere' });
  assert.equal(data?.getProject, null);
  assert.deepEqual(errors, []);
});

test('a filter of the caller cannot widen what the owner rule lets through', async () => {
  const query = `{ projectsByShelf(shelf: "ACTIVE#0", filter: {or: [{name: {ne: ""}}, {owner: {ne: "x"}}]}) { items { id } } }`;
  assert.deepEqual(
    (await stack.as(user(stack.people.second.id)).data(query)).projectsByShelf.items,
    [],
  );
});

describe('checkpoints and metrics', () => {
  const queries = {
    getServiceCheckpoint: () =>
      `{ found: getServiceCheckpoint(id: "${String(rows.ServiceCheckpoint.id)}") { id } }`,
    getMetric: () => `{ found: getMetric(id: "${String(rows.Metric.id)}") { id } }`,
    listMetricsByName: () => `{ found: listMetricsByName(name: "latency") { items { id } } }`,
  };
  for (const [name, query] of Object.entries(queries)) {
    test(`${name} answers the Admin and nobody else`, async () => {
      assert.notEqual((await stack.as(user(stack.people.admin.id)).data(query())).found, null);
      for (const person of ['owner', 'developer'] as const) {
        const { data, errors } = await stack.as(user(stack.people[person].id)).call(query());
        assert.equal(data?.found, null);
        assert.equal(errors[0]?.errorType, 'Unauthorized');
      }
    });
  }
});

describe('writing', () => {
  const inputs = (): Record<string, Row> => {
    const { owner } = stack.people;
    return {
      Project: project(owner),
      Service: service(owner, 'p'),
      ServiceCheckpoint: checkpoint(),
      Metric: metric(),
    };
  };
  const callers: Record<string, () => Credential> = {
    owner: () => user(stack.people.owner.id),
    'owner with the access token': () => user(stack.people.owner.access),
    Developer: () => user(stack.people.developer.id),
    Admin: () => user(stack.people.admin.id),
    'API key': () => APP_KEY,
  };
  for (const [who, credential] of Object.entries(callers)) {
    for (const model of ['Project', 'Service', 'ServiceCheckpoint', 'Metric'] as const) {
      test(`${model} is refused to the ${who}: create, update and delete`, async () => {
        const caller = stack.as(credential());
        const { id } = rows[model];
        const { createdAt, ...input } = inputs()[model] ?? {};
        const tries = [
          await create(caller, model, input),
          await caller.call(mutation('update', model), { input: { id, version: 9 } }),
          await caller.call(mutation('delete', model), { input: { id } }),
        ];
        for (const { data, errors } of tries) {
          assert.deepEqual(Object.values(data ?? {}), [null]);
          assert.equal(errors[0]?.errorType, 'Unauthorized');
        }
      });
    }
  }

  test('left every row as it was', async () => {
    const { getProject } = await stack.projector.data(GET, { id: rows.Project.id });
    assert.equal(getProject.version, 1);
  });
});

describe('the API key', () => {
  test('reads nothing: no type admits it', async () => {
    const { status, data, errors } = await stack.as(APP_KEY).call(GET, { id: rows.Project.id });
    assert.equal(status, 200);
    assert.equal(data?.getProject, null);
    assert.deepEqual(errors[0], {
      path: ['getProject'],
      data: null,
      errorType: 'Unauthorized',
      errorInfo: null,
      locations: [{ line: 1, column: 21, sourceName: null }],
      message: 'Not Authorized to access getProject on type Query',
    });
  });

  test('is heard', async () => {
    assert.deepEqual(await stack.as(APP_KEY).data('{ __typename }'), { __typename: 'Query' });
  });
});

test('a signed principal reads everything: IAM bypasses owner and groups', async () => {
  const data = await stack
    .as(ACCESS_KEY)
    .data(`{ getMetric(id: "${String(rows.Metric.id)}") { id } listProjects { items { id } } }`);
  assert.equal(data.getMetric.id, rows.Metric.id);
  assert.equal(data.listProjects.items.length, 1);
});
