/** Reads and writes of the models through the resolvers that Amplify generated. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { marshall } from '@aws-sdk/util-dynamodb';

import {
  checkpoint,
  create,
  metric,
  mutation,
  project,
  service,
  stored,
  update,
  PROJECT,
} from './support/rows';
import { putItem } from './support/ministack';
import { startStack, user, type Stack } from './support/stack';

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack.stop());

const BY_USER = `query L($userId: ID!) {
  projectsByUser(userId: $userId) { items { ${PROJECT} } nextToken }
}`;

const GUARDED = { version: { eq: 1 }, projectionVersion: { eq: 1 } };

/** The condition under which a row without a readable version is replaced. */
const replaceable = (version: number): object[] => [
  { not: { version: { attributeType: 'number' } } },
  { version: { gt: 2 ** 31 - 1 } },
  { version: { le: version } },
];

const CONDITION_FAILED = 'DynamoDB:ConditionalCheckFailedException';

describe('create', () => {
  test('stores every field as it was sent', async () => {
    const input = project(stack.people.owner);
    const row = await stored(stack.projector, 'Project', input);
    assert.deepEqual(row, { ...input, owner: stack.people.owner.claims['cognito:username'] });
  });

  test('is insert-only: another row under the same id is a failed condition', async () => {
    const input = project(stack.people.owner);
    await stored(stack.projector, 'Project', input);
    const { data, errors } = await create(stack.projector, 'Project', {
      ...input,
      name: 'Usurper',
    });
    assert.equal(data?.createProject, null);
    assert.equal(errors[0]?.errorType, CONDITION_FAILED);
  });

  test('of the row that is there already succeeds, as AppSync has it', async () => {
    const input = project(stack.people.owner);
    await stored(stack.projector, 'Project', input);
    const { data, errors } = await create(stack.projector, 'Project', input);
    assert.deepEqual(errors, []);
    assert.equal(data?.createProject.id, input.id);
  });

  test('keeps the times of the events; without them it fills in its own clock', async () => {
    const { createdAt, updatedAt, ...input } = project(stack.people.owner);
    const row = await stored(stack.projector, 'Project', input);
    assert.ok(Date.now() - Date.parse(row.createdAt as string) < 60_000);
  });

  test('works for every model', async () => {
    const { owner } = stack.people;
    const inputs = {
      Project: project(owner),
      Service: service(owner, 'p'),
      ServiceCheckpoint: checkpoint(),
      Metric: metric(),
    };
    for (const [model, input] of Object.entries(inputs)) {
      const row = await stored(stack.projector, model, input);
      assert.equal(row.id, input.id, model);
    }
  });

  test('keeps lists, floats, empty strings and zeros', async () => {
    const row = await stored(stack.projector, 'ServiceCheckpoint', checkpoint({ serviceIds: [] }));
    assert.deepEqual(row.serviceIds, []);
    assert.equal((await stored(stack.projector, 'Metric', metric({ value: 0.125 }))).value, 0.125);
    assert.equal((await stored(stack.projector, 'Metric', metric({ value: 0 }))).value, 0);
    assert.equal(
      (await stored(stack.projector, 'Project', project(stack.people.owner, { description: '' })))
        .description,
      '',
    );
  });
});

describe('update', () => {
  const row = (changes = {}): Promise<Record<string, unknown>> =>
    stored(stack.projector, 'Project', project(stack.people.owner, changes));

  test('compares version and projection version, and sets', async () => {
    const { id } = await row();
    const { data, errors } = await update(
      stack.projector,
      'Project',
      { id, version: 2, name: 'Two' },
      { version: 1, projectionVersion: 1 },
    );
    assert.deepEqual(errors, []);
    assert.equal(data?.updateProject.name, 'Two');
    assert.equal(data?.updateProject.version, 2);
  });

  for (const [what, expected] of Object.entries({
    version: { version: 2, projectionVersion: 1 },
    'projection version': { version: 1, projectionVersion: 2 },
  })) {
    test(`of another ${what} changes nothing and says so`, async () => {
      const { id } = await row();
      const { data, errors } = await update(
        stack.projector,
        'Project',
        { id, version: 3, name: 'Lost' },
        expected,
      );
      assert.equal(data?.updateProject, null);
      assert.equal(errors[0]?.errorType, CONDITION_FAILED);
      const { getProject } = await stack.projector.data(
        `query Q($id: ID!) { getProject(id: $id) { name version } }`,
        { id },
      );
      assert.deepEqual(getProject, { name: 'Rocket', version: 1 });
    });
  }

  test('of a row that is not there is a failed condition, with or without a condition of ours', async () => {
    for (const expected of [{ version: 1 }, {}]) {
      const { errors } = await update(
        stack.projector,
        'Project',
        { id: 'nowhere', version: 2 },
        expected,
      );
      assert.equal(errors[0]?.errorType, CONDITION_FAILED);
    }
  });

  test('repeated is a failed condition: the version has moved on', async () => {
    const { id } = await row();
    await update(stack.projector, 'Project', { id, version: 2 }, { version: 1 });
    const { errors } = await update(stack.projector, 'Project', { id, version: 2 }, { version: 1 });
    assert.equal(errors[0]?.errorType, CONDITION_FAILED);
  });

  test('removes what is null and leaves what is absent', async () => {
    const { id } = await row({ description: 'soon gone' });
    const kept = await update(stack.projector, 'Project', { id, version: 2 }, { version: 1 });
    assert.equal(kept.data?.updateProject.description, 'soon gone');
    const removed = await update(
      stack.projector,
      'Project',
      { id, version: 3, description: null },
      { version: 2 },
    );
    assert.equal(removed.data?.updateProject.description, null);
    const condition = { description: { attributeExists: false } };
    const proof = await stack.projector.call(mutation('update', 'Project'), {
      input: { id, version: 4 },
      condition,
    });
    assert.deepEqual(proof.errors, []);
  });

  test('fills in its own clock for a missing updatedAt', async () => {
    const { id } = await row();
    const { data } = await update(stack.projector, 'Project', { id, version: 2 }, { version: 1 });
    assert.ok(Date.now() - Date.parse(data?.updateProject.updatedAt as string) < 60_000);
  });

  const conditions: [string, object, boolean][] = [
    ['ne', { version: { ne: 1 } }, false],
    ['lt', { version: { lt: 2 } }, true],
    ['between', { version: { between: [1, 3] } }, true],
    [
      'in a list of alternatives',
      { or: [{ version: { eq: 9 } }, { name: { beginsWith: 'Rock' } }] },
      true,
    ],
    ['not', { not: { status: { eq: 'ACTIVE' } } }, false],
    ['and of parts', { and: [{ version: { ge: 1 } }, { name: { contains: 'ocke' } }] }, true],
    ['size', { name: { size: { gt: 5 } } }, true],
    ['attributeType', { name: { attributeType: 'string' } }, true],
    ['two operators on one field', { version: { ge: 1, le: 0 } }, false],
  ];
  for (const [name, condition, holds] of conditions) {
    test(`understands the condition ${name}`, async () => {
      const { id } = await row();
      const { errors } = await stack.projector.call(mutation('update', 'Project'), {
        input: { id, version: 2 },
        condition,
      });
      assert.equal(errors[0]?.errorType, holds ? undefined : CONDITION_FAILED);
    });
  }
});

describe('delete', () => {
  test('answers the row that was there, and honours a condition', async () => {
    const { id } = await stored(stack.projector, 'Project', project(stack.people.owner));
    const refused = await stack.projector.call(mutation('delete', 'Project'), {
      input: { id },
      condition: { version: { eq: 7 } },
    });
    assert.equal(refused.errors[0]?.errorType, CONDITION_FAILED);
    const { deleteProject } = await stack.projector.data(mutation('delete', 'Project'), {
      input: { id },
    });
    assert.equal(deleteProject.id, id);
  });
});

describe('AWSJSON', () => {
  const kept: unknown[] = [
    { memory: 512 },
    [],
    'text',
    7,
    true,
    { map: { size: 1 }, get: 'x', toJSON: 2, put: null, keySet: [], mapper: '', '': 'empty' },
    { nested: [{ a: null }] },
  ];
  for (const value of kept) {
    test(`comes back as text of the same value: ${JSON.stringify(value)}`, async () => {
      const row = await stored(
        stack.projector,
        'Service',
        service(stack.people.owner, 'p', { configuration: JSON.stringify(value) }),
      );
      assert.equal(typeof row.configuration, 'string');
      assert.deepEqual(JSON.parse(row.configuration as string), value);
    });
  }
});

describe('lists', () => {
  const LIST = 'items { id name status owner } nextToken';

  test('by user, status and project, newest first, page by page', async () => {
    const { owner } = stack.people;
    const times = [1, 2, 3].map((day) => `2026-03-0${day}T00:00:00.000Z`);
    for (const createdAt of times) {
      await stored(
        stack.projector,
        'Project',
        project(owner, { name: createdAt, createdAt, userId: 'list-user', status: 'ARCHIVED' }),
      );
    }
    const query = `query Q($next: String) {
      projectsByUser(userId: "list-user", sortDirection: DESC, limit: 2, nextToken: $next) { ${LIST} }
    }`;
    const first = (await stack.projector.data(query)).projectsByUser;
    const second = (await stack.projector.data(query, { next: first.nextToken })).projectsByUser;
    const names = [...first.items, ...second.items].map(({ name }) => name);
    assert.deepEqual(names, [...times].reverse());
    const archived = await stack.projector.data(
      `{ projectsByShelf(shelf: "ARCHIVED#0") { items { name } } }`,
    );
    assert.deepEqual(
      archived.projectsByShelf.items.map(({ name }) => name),
      times,
    );
  });

  test('by a range of the sort key and a filter', async () => {
    const { owner } = stack.people;
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      await stored(
        stack.projector,
        'Service',
        service(owner, 'range', { name, createdAt: `2026-04-0${index + 1}T00:00:00.000Z` }),
      );
    }
    const query = `query Q($range: ModelStringKeyConditionInput, $filter: ModelServiceFilterInput) {
      servicesByProject(projectId: "range", createdAt: $range, filter: $filter) { items { name } }
    }`;
    const names = async (variables: object): Promise<unknown[]> =>
      (await stack.projector.data(query, variables)).servicesByProject.items.map(
        ({ name }) => name,
      );
    assert.deepEqual(await names({ range: { between: ['2026-04-02', '2026-04-04'] } }), ['b', 'c']);
    assert.deepEqual(await names({ range: { lt: '2026-04-02' } }), ['a']);
    assert.deepEqual(
      await names({ range: { beginsWith: '2026-04' }, filter: { name: { ne: 'b' } } }),
      ['a', 'c'],
    );
  });

  test('of metrics by name and source', async () => {
    await stored(stack.projector, 'Metric', metric({ name: 'depth', source: 'queue', value: 3 }));
    const byName = await stack.projector.data(
      `{ listMetricsByName(name: "depth") { items { value tags } } }`,
    );
    assert.deepEqual(byName.listMetricsByName.items, [{ value: 3, tags: '{"route":"/projects"}' }]);
    const bySource = await stack.projector.data(
      `{ listMetricsBySource(source: "queue") { items { value } } }`,
    );
    assert.equal(bySource.listMetricsBySource.items.length, 1);
  });

  test('a token of no page is an error, not a crash', async () => {
    const { errors } = await stack.projector.call(
      `{ projectsByUser(userId: "u", nextToken: "no token") { nextToken } }`,
    );
    assert.match(errors[0]?.errorType ?? '', /^DynamoDB:/);
  });
});

describe('relations', () => {
  test('lead from a project to its services and back', async () => {
    const { owner } = stack.people;
    const { id } = await stored(stack.projector, 'Project', project(owner));
    const child = await stored(stack.projector, 'Service', service(owner, id));
    const data = await stack
      .as(user(owner.id))
      .data(
        `query Q($id: ID!) { getProject(id: $id) { services { items { id project { id } } } } }`,
        { id },
      );
    assert.deepEqual(data.getProject.services.items, [{ id: child.id, project: { id } }]);
  });

  test('are left out of what a mutation answers', async () => {
    const { owner } = stack.people;
    const { id } = await stored(stack.projector, 'Project', project(owner));
    const { id: serviceId } = await stored(stack.projector, 'Service', service(owner, id));
    const projects = await stack.projector.data(
      mutation('update', 'Project', 'services { items { id } }'),
      { input: { id, version: 2 } },
    );
    assert.deepEqual(projects.updateProject.services.items, []);
    const services = await stack.projector.data(mutation('update', 'Service', 'project { id }'), {
      input: { id: serviceId, version: 2 },
    });
    assert.equal(services.updateService.project, null);
  });
});

test('a row without an owner is a row', async () => {
  const { id } = await stored(
    stack.projector,
    'Project',
    project(stack.people.owner, { owner: null }),
  );
  const { getProject } = await stack.projector.data(
    `query Q($id: ID!) { getProject(id: $id) { ${PROJECT} } }`,
    { id },
  );
  assert.equal(getProject.owner, null);
});

describe('a row that the schema cannot show', () => {
  const unreadable: Record<string, [string, object | undefined]> = {
    'an unknown status': ['status', { S: 'HIBERNATING' }],
    'no name': ['name', undefined],
    'a number that is text': ['serviceCount', { S: 'many' }],
    'a moment that is none': ['createdAt', { S: 'yesterday' }],
    'no version': ['version', undefined],
    'a version that is text': ['version', { S: 'seven' }],
  };
  for (const [how, [field, value]] of Object.entries(unreadable)) {
    test(`is left out of a list alone and can be written again: ${how}`, async () => {
      const { owner } = stack.people;
      const userId = randomUUID();
      const [good, bad] = [project(owner, { userId }), project(owner, { userId })];
      await stored(stack.projector, 'Project', good);
      const item = { ...marshall(bad), [field]: value };
      await putItem(stack.emulator.endpoint, `Project-${stack.stage}`, item);

      const list = await stack.projector.call(BY_USER, { userId });
      const paths = list.errors.map(({ path }) => path);
      const items = list.data?.projectsByUser.items as (object | null)[];
      const place = items.indexOf(null);
      assert.equal(items.length, 2);
      assert.deepEqual(paths, [['projectsByUser', 'items', place, field]]);
      assert.equal(list.errors[0]?.errorType, undefined);

      const anew = { ...bad, version: 2 };
      const condition = { or: replaceable(2), projectionVersion: { eq: 1 } };
      const variables = { input: anew, condition: field === 'version' ? condition : GUARDED };
      const { data, errors } = await stack.projector.call(mutation('update', 'Project'), variables);
      assert.deepEqual(errors, []);
      assert.equal(data?.updateProject.version, 2);
    });
  }

  test('is not replaced when it has a version of its own by now', async () => {
    const row = project(stack.people.owner, { version: 9 });
    await stored(stack.projector, 'Project', row);
    const condition = { or: replaceable(2) };
    const variables = { input: { ...row, version: 2 }, condition };
    const { errors } = await stack.projector.call(mutation('update', 'Project'), variables);
    assert.equal(errors[0]?.errorType, CONDITION_FAILED);
  });
});
