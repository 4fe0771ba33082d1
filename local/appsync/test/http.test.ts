/** Requests and answers as AppSync shapes them, and what else the port serves. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { MAX_REQUEST_BYTES } from '../src/http';
import { post } from './support/clients';
import { mutation, project, stored, PROJECT } from './support/rows';
import { API_KEY, startStack, user, type Stack } from './support/stack';

let stack: Stack;
let base: string;
before(async () => {
  stack = await startStack();
  base = `http://127.0.0.1:${stack.port}`;
});
after(() => stack.stop());

const KEY = { 'x-api-key': API_KEY };

describe('a request', () => {
  const malformed: [string, string][] = [
    ['that is no JSON', '{'],
    ['without a query', '{}'],
    ['that is null', 'null'],
    ['that is a list', '[]'],
    ['with a query that is no text', '{"query": 7}'],
    ['with a list of variables', '{"query": "{ __typename }", "variables": []}'],
    ['whose query is no GraphQL', '{"query": "{"}'],
  ];
  for (const [what, body] of malformed) {
    test(`${what} is 400 MalformedHttpRequestException`, async () => {
      const { status, errors } = await post(stack.port, body, KEY);
      assert.deepEqual([status, errors[0]?.errorType], [400, 'MalformedHttpRequestException']);
    });
  }

  test('with several operations needs a name', async () => {
    const query = 'query A { __typename } query B { here: __typename }';
    assert.equal((await post(stack.port, JSON.stringify({ query }), KEY)).status, 400);
    const { data } = await post(stack.port, JSON.stringify({ query, operationName: 'A' }), KEY);
    assert.deepEqual(data, { __typename: 'Query' });
  });

  test('for a subscription belongs to the realtime endpoint', async () => {
    const { status, errors } = await post(
      stack.port,
      JSON.stringify({ query: 'subscription { onCreateProject { id } }' }),
      KEY,
    );
    assert.deepEqual([status, errors[0]?.errorType], [400, 'UnsupportedOperation']);
  });

  test('is authorized before it is read', async () => {
    assert.equal((await post(stack.port, '{', {})).status, 401);
  });

  test('of one megabyte is read, of one byte more it is 413', async () => {
    const empty = JSON.stringify({ query: '{ __typename }', variables: { filler: '' } });
    const filled = (bytes: number): string =>
      empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
    assert.equal((await post(stack.port, filled(MAX_REQUEST_BYTES), KEY)).status, 200);
    assert.equal((await post(stack.port, filled(MAX_REQUEST_BYTES + 1), KEY)).status, 413);
  });
});

describe('a document that does not fit the schema', () => {
  const documents: [string, RegExp][] = [
    ['{ getProject(id: "1") { colour } }', /^Validation error of type FieldUndefined: .*colour/],
    ['{ getProject { id } }', /^Validation error of type MissingFieldArgument/],
    ['{ getProject(id: "1", size: 2) { id } }', /^Validation error of type UnknownArgument/],
    ['{ getProject(id: "1") }', /^Validation error of type SubSelectionRequired/],
    ['{ templatesByStatus(status: GONE) { nextToken } }', /^Validation error of type WrongType/],
    ['{ getProject(id: $id) { id } }', /^Validation error of type UndefinedVariable/],
  ];
  for (const [query, message] of documents) {
    test(`is answered 200 with an error and no data: ${query}`, async () => {
      const { status, data, errors } = await post(stack.port, JSON.stringify({ query }), KEY);
      assert.deepEqual([status, data], [200, null]);
      assert.match(errors[0]?.message ?? '', message);
      assert.equal(errors[0]?.path, null);
      assert.equal(errors[0]?.locations?.[0]?.sourceName, null);
    });
  }

  const inputs: [string, Record<string, unknown>][] = [
    ['an unknown field', { colour: 'red' }],
    ['a missing field', { name: undefined }],
    ['an unknown enum value', { status: 'GONE' }],
    ['an integer beyond 32 bits', { version: 2 ** 31 }],
    ['a fraction for an integer', { version: 1.5 }],
    ['a time without an offset', { createdAt: '2026-11-21T05:00:00' }],
    ['null for a required field', { version: null }],
  ];
  for (const [what, changes] of inputs) {
    test(`${what} in a variable fails the whole mutation`, async () => {
      const input = project(stack.people.owner, changes);
      const { status, data, errors } = await stack.projector.call(mutation('create', 'Project'), {
        input,
      });
      assert.deepEqual([status, data, errors.length > 0], [200, null, true]);
    });
  }

  // The projectors tell a schema that is being deployed from other errors by these words.
  test('what the schema lacks is named in the words of AppSync, without the values', async () => {
    const worded = async (changes: Record<string, unknown>): Promise<string | undefined> => {
      const input = project(stack.people.owner, changes);
      const { errors } = await stack.projector.call(mutation('create', 'Project'), { input });
      return errors[0]?.message;
    };
    assert.equal(
      await worded({ colour: 'red' }),
      "The variables input contains a field name 'colour' that is not defined for input object type 'CreateProjectInput' ",
    );
    assert.equal(
      await worded({ status: 'GONE' }),
      "Variable 'input' has an invalid value: Invalid input for Enum 'ProjectStatus'. No value found for name 'GONE'.",
    );
  });

  test('an object where AWSJSON wants text fails too', async () => {
    const input = {
      id: 's',
      projectId: 'p',
      name: 'n',
      type: 'API',
      status: 'ACTIVE',
      version: 1,
      projectionVersion: 1,
      userId: 'u',
      configuration: { memory: 1 },
    };
    const { errors } = await stack.projector.call(mutation('create', 'Service'), { input });
    assert.match(errors[0]?.message ?? '', /JSON string/);
  });
});

describe('an answer', () => {
  test('may carry data and errors at once, with status 200', async () => {
    const { id } = await stored(stack.projector, 'Project', project(stack.people.owner));
    const query = `query Q($id: ID!) { mine: getProject(id: $id) { id } metric: getMetric(id: "m") { id } }`;
    const { status, data, errors } = await stack
      .as(user(stack.people.owner.id))
      .call(query, { id });
    assert.equal(status, 200);
    assert.deepEqual(data, { mine: { id }, metric: null });
    assert.deepEqual(
      errors.map(({ path, errorType }) => [path, errorType]),
      [[['metric'], 'Unauthorized']],
    );
  });

  test('to a failed condition names type and place', async () => {
    const { data, errors } = await stack.projector.call(mutation('update', 'Project'), {
      input: { id: 'nowhere', version: 1 },
    });
    assert.deepEqual(data, { updateProject: null });
    const [error] = errors;
    assert.equal(error?.errorType, 'DynamoDB:ConditionalCheckFailedException');
    assert.deepEqual(error?.path, ['updateProject']);
    assert.match(
      error?.message ?? '',
      /^The conditional request failed \(Service: DynamoDb, Status Code: 400, Request ID: .+\)$/,
    );
    assert.deepEqual(Object.keys(error ?? {}).sort(), [
      'data',
      'errorInfo',
      'errorType',
      'locations',
      'message',
      'path',
    ]);
  });

  test('to mutations in one request runs them in their order', async () => {
    const input = project(stack.people.owner);
    const query = `mutation M($input: CreateProjectInput!, $second: UpdateProjectInput!) {
      createProject(input: $input) { version } updateProject(input: $second) { version }
    }`;
    const data = await stack.projector.data(query, { input, second: { id: input.id, version: 2 } });
    assert.deepEqual(data, { createProject: { version: 1 }, updateProject: { version: 2 } });
  });

  test('follows fragments and directives', async () => {
    const { id } = await stored(stack.projector, 'Project', project(stack.people.owner));
    const query = `query Q($id: ID!, $no: Boolean!) { getProject(id: $id) { ...Row name @include(if: $no) } } fragment Row on Project { id __typename }`;
    assert.deepEqual((await stack.projector.data(query, { id, no: false })).getProject, {
      id,
      __typename: 'Project',
    });
  });

  test('to introspection names models and scalars', async () => {
    const { data } = await post(
      stack.port,
      JSON.stringify({ query: '{ __schema { types { name kind } } }' }),
      { authorization: stack.people.owner.id },
    );
    const types = new Map(data?.__schema.types.map(({ name, kind }) => [name, kind]));
    assert.deepEqual(
      ['Project', 'Service', 'ServiceCheckpoint', 'Metric', 'AWSJSON', 'AWSDateTime'].map((name) =>
        types.get(name),
      ),
      ['OBJECT', 'OBJECT', 'OBJECT', 'OBJECT', 'SCALAR', 'SCALAR'],
    );
  });
});

describe('a browser', () => {
  test('may ask from any origin', async () => {
    const preflight = await fetch(`${base}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
    });
    assert.equal(preflight.status, 200);
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
    assert.match(
      preflight.headers.get('access-control-allow-headers') ?? '',
      /authorization.*x-api-key/,
    );
  });

  test('reads refusals too', async () => {
    const refused = await fetch(`${base}/graphql`, { method: 'POST', body: '{}' });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('access-control-allow-origin'), '*');
    assert.equal(refused.headers.get('x-amzn-errortype'), 'UnauthorizedException');
    assert.match(refused.headers.get('access-control-expose-headers') ?? '', /x-amzn-ErrorType/);
  });

  test('finds GraphiQL at the root, with every part from this server', async () => {
    const page = await (await fetch(`${base}/`)).text();
    const parts = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    assert.ok(parts.length >= 6);
    for (const address of parts.filter((part) => part !== 'data:,')) {
      const part = await fetch(new URL(address, base));
      assert.equal(part.status, 200, address);
      assert.ok(address.startsWith('/_graphiql/'), address);
      assert.match(part.headers.get('content-type') ?? '', /javascript|css/);
    }
  });

  for (const path of [
    '/nothing',
    '/_graphiql/../../package.json',
    '/_graphiql/%2e%2e/package.json',
    '/constructor',
    '/__proto__',
  ]) {
    test(`finds nothing at ${path}`, async () => {
      assert.equal((await fetch(`${base}${path}`)).status, 404);
    });
  }
});

test('health names stage and models', async () => {
  const health: unknown = await (await fetch(`${base}/health`)).json();
  assert.deepEqual(health, {
    status: 'ok',
    stage: stack.stage,
    models: [
      'Analysis',
      'Deployment',
      'Endpoint',
      'Metric',
      'OwnerPart',
      'OwnerShare',
      'OwnerSummary',
      'Project',
      'ProjectAnalytics',
      'ProvisioningRun',
      'Service',
      'ServiceCheckpoint',
      'Template',
      'TemplateDraft',
    ],
  });
});

test('the selection of the rows used here is every scalar field of Project', async () => {
  const { data } = await post(
    stack.port,
    JSON.stringify({ query: '{ __type(name: "Project") { fields { name } } }' }),
    { authorization: stack.people.owner.id },
  );
  const relations = ['services', 'deployments', 'analyses', 'provisioningRuns', 'analytics'];
  const fields = data?.__type.fields
    .map(({ name }) => name)
    .filter((name) => !relations.includes(name));
  assert.deepEqual(fields?.sort(), PROJECT.split(' ').sort());
});

describe('the users of the stack', () => {
  const signIn = async (body: object, type = 'application/json'): Promise<[number, unknown]> => {
    const answer = await fetch(`${base}/_token`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    });
    return [answer.status, await answer.json()];
  };

  test('are offered without their passwords', async () => {
    const users: unknown = await (await fetch(`${base}/_users`)).json();
    assert.deepEqual(users, [{ email: 'owner@skafu.dev', groups: [] }]);
  });

  test('are given a token that is heard', async () => {
    const [status, body] = await signIn({ email: 'owner@skafu.dev' });
    assert.equal(status, 200);
    const { token } = body as { token: string };
    assert.deepEqual(
      (await stack.as(user(token)).call('{ __schema { queryType { name } } }')).errors,
      [],
    );
  });

  test('and nobody else, and no page of another origin', async () => {
    assert.equal((await signIn({ email: 'somebody@example.org' }))[0], 404);
    assert.equal((await signIn({}))[0], 404);
    assert.equal((await signIn({ email: 'owner@skafu.dev' }, 'text/plain'))[0], 415);
  });
});
