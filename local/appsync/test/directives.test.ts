/** Directives of the schema hold where no resolver would refuse: at every field of requests and frames. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { GraphQLObjectType } from 'graphql';

import { FieldGate } from '../src/authorization/fields';
import {
  API_KEY_IDENTITY,
  iamIdentity,
  userPoolIdentity,
  type Identity,
} from '../src/authorization/identity';
import { Execution, SubscriptionRefused } from '../src/execution';
import { Faults } from '../src/faults';
import type { FieldResolver } from '../src/pipeline';
import { Hub, type Frame } from '../src/realtime/hub';
import { buildSchema } from '../src/schema';

const SDL = `
  type Query {
    plain: Thing
    key: Thing @aws_api_key
    both: Thing @aws_iam @aws_cognito_user_pools
    admins: Thing @aws_cognito_user_pools(cognito_groups: ["Admin"])
    legacy: Thing @aws_auth(cognito_groups: ["Admin"])
    any: Thing @aws_api_key @aws_iam @aws_cognito_user_pools
  }
  type Mutation { make: Thing @aws_iam }
  type Subscription { made: Thing @aws_subscribe(mutations: ["make"]) @aws_api_key @aws_iam }
  type Thing @aws_iam { id: ID open: ID @aws_api_key @aws_iam }
`;

const schema = buildSchema(SDL, 'stringify');
const gate = new FieldGate('AMAZON_COGNITO_USER_POOLS');
const machine = iamIdentity('key');
const person = userPoolIdentity({ sub: 's' });
const admin = userPoolIdentity({ sub: 's', 'cognito:groups': ['Admin'] });

const thing: FieldResolver = () => Promise.resolve({ id: '1', open: '2' });
const execution = new Execution(
  schema,
  new Map([
    ['Query.any', thing],
    ['Query.key', thing],
    ['Mutation.make', thing],
  ]),
  gate,
  { queryDepth: 2, resolverCount: 5, seconds: 1 },
  () => assert.fail('a resolver broke'),
);

describe('a field', () => {
  const lets = (typeName: string, fieldName: string, identity: Identity): boolean => {
    try {
      gate.check(
        { parentType: schema.getType(typeName) as GraphQLObjectType, fieldName } as never,
        identity,
      );
      return true;
    } catch (error) {
      assert.equal(
        (error as Error).message,
        `Not Authorized to access ${fieldName} on type ${typeName}`,
      );
      return false;
    }
  };
  const cases: [string, [boolean, boolean, boolean, boolean]][] = [
    ['Query.plain', [false, false, true, true]],
    ['Query.key', [true, false, false, false]],
    ['Query.both', [false, true, true, true]],
    ['Query.admins', [false, false, false, true]],
    ['Query.legacy', [false, false, false, true]],
    ['Thing.id', [false, true, false, false]],
    ['Thing.open', [true, true, false, false]],
  ];
  for (const [name, expected] of cases) {
    test(`${name} lets in API key, IAM, person, Admin: ${expected.join(', ')}`, () => {
      const [typeName, fieldName] = name.split('.') as [string, string];
      assert.deepEqual(
        [API_KEY_IDENTITY, machine, person, admin].map((identity) =>
          lets(typeName, fieldName, identity),
        ),
        expected,
      );
    });
  }
});

describe('a request', () => {
  const run = async (query: string, identity: Identity): Promise<[unknown, unknown[]]> => {
    const { answer } = await execution.run({ query }, { identity, headers: {} });
    return [
      asJson(answer.data),
      (answer.errors ?? []).map(({ path, errorType }) => [path?.join('.'), errorType]),
    ];
  };

  test('gets the fields that its mode may see, and errors for the others', async () => {
    assert.deepEqual(await run('{ any { id open } }', API_KEY_IDENTITY), [
      { any: { id: null, open: '2' } },
      [['any.id', 'Unauthorized']],
    ]);
    assert.deepEqual(await run('{ any { id open } }', machine), [
      { any: { id: '1', open: '2' } },
      [],
    ]);
  });

  test('runs no resolver that its mode may not reach', async () => {
    assert.deepEqual(await run('{ key { id } }', machine), [
      { key: null },
      [['key', 'Unauthorized']],
    ]);
    assert.deepEqual(await run('mutation { make { id } }', person), [
      { make: null },
      [['make', 'Unauthorized']],
    ]);
  });
});

describe('a subscription', () => {
  const register = (identity: Identity): ReturnType<Execution['register']> =>
    execution.register({ query: 'subscription { made { id open } }' }, { identity, headers: {} });

  test('is refused to a mode that may not listen', async () => {
    await assert.rejects(
      register(person),
      (error) =>
        error instanceof SubscriptionRefused && error.errors[0]?.errorType === 'Unauthorized',
    );
  });

  test('brings the fields that the listener’s mode may see, whoever made the mutation', async () => {
    const hub = new Hub(schema, gate, new Faults(), () => assert.fail('nothing is too large'));
    const frames: Frame[] = [];
    hub.add({
      registration: await register(API_KEY_IDENTITY),
      send: (frame) => frames.push(frame),
    });
    hub.publish({ mutation: 'make', payload: { id: '1', open: '2' } });
    assert.deepEqual(asJson(frames[0]?.data), { made: { id: null, open: '2' } });
    assert.equal(frames[0]?.errors?.[0]?.errorType, 'Unauthorized');
  });
});

/** Results of graphql-js have no prototype. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
