/** The parts that need no server: scalars, expressions, filters, values, templates, settings. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import { parseValue } from 'graphql';

import {
  iamIdentity,
  userPoolIdentity,
  API_KEY_IDENTITY,
  type Identity,
} from '../src/authorization/identity';
import { DataSourceError, DynamoDbDataSource } from '../src/dynamodb';
import { FieldError, RequestError } from '../src/errors';
import { Execution } from '../src/execution';
import { FieldGate } from '../src/authorization/fields';
import { buildSchema } from '../src/schema';
import { Connection } from '../src/realtime/connection';
import { awsScalars } from '../src/scalars';
import { settingsFrom } from '../src/settings';
import { passes, subscriptionFilter } from '../src/realtime/filter';
import { toAttributeValue } from '../src/vtl/attribute_values';
import { dynamoDbExpression, UnknownOperator } from '../src/vtl/expressions';
import { Template, type FieldContext, type TemplateContext } from '../src/vtl/template';
import { toJava, toPlain } from '../src/vtl/values';

describe('scalars', () => {
  const scalars = awsScalars('stringify');
  const accepted: [string, unknown[]][] = [
    [
      'AWSDateTime',
      [
        '2026-11-21T05:00:00Z',
        '2026-11-21T05:00:00.123456789Z',
        '2026-11-21T05:00:00+02:00',
        '2026-11-21T05:00Z',
        '2024-02-29T00:00:00Z',
      ],
    ],
    ['AWSDate', ['2026-11-21', '2026-11-21Z', '2026-11-21+01:00']],
    ['AWSTime', ['05:00', '05:00:00', '05:00:00.5Z', '23:59:59+05:30']],
    ['AWSTimestamp', [0, -1, 1_795_239_874]],
    ['AWSEmail', ['owner@skafu.dev']],
    ['AWSURL', ['https://skafu.dev/a?b=c', 'mailto:owner@skafu.dev']],
    ['AWSPhone', ['+49 89 1234567', '555-123-4567']],
    ['AWSIPAddress', ['127.0.0.1', '::1', '10.0.0.0/8']],
  ];
  for (const [name, values] of accepted) {
    for (const value of values) {
      test(`${name} takes ${String(value)} and gives it back`, () => {
        assert.equal(scalars[name]?.parseValue(value), value);
        assert.equal(scalars[name]?.serialize(value), value);
      });
    }
  }

  const refused: [string, unknown[]][] = [
    [
      'AWSDateTime',
      [
        '2026-11-21T05:00:00',
        '2026-11-21',
        '2026-13-01T00:00:00Z',
        '2026-02-30T00:00:00Z',
        '2026-11-21T25:00:00Z',
        '2026-11-21 05:00:00Z',
        1_795_239_874,
        '',
        'now',
        null,
      ],
    ],
    ['AWSDate', ['21.11.2026', '2025-02-29', '2026-11-21T00:00:00Z']],
    ['AWSTime', ['24:00', '5:00', 'noon']],
    ['AWSTimestamp', ['1', 1.5, 2 ** 60]],
    ['AWSEmail', ['owner', 'a b@c.d', '@skafu.dev']],
    ['AWSURL', ['skafu', '']],
    ['AWSPhone', ['call me', '']],
    ['AWSIPAddress', ['300.0.0.1', 'localhost']],
    ['AWSJSON', [{ a: 1 }, '{', '', 7, null]],
  ];
  for (const [name, values] of refused) {
    for (const value of values) {
      test(`${name} refuses ${JSON.stringify(value)}`, () =>
        assert.throws(() => scalars[name]?.parseValue(value)));
    }
  }

  test('AWSJSON is parsed on the way in and text on the way out', () => {
    assert.deepEqual(scalars.AWSJSON?.parseValue('{"a":[1]}'), { a: [1] });
    assert.deepEqual(scalars.AWSJSON?.parseLiteral(parseValue('"[1]"')), [1]);
    assert.equal(scalars.AWSJSON?.serialize({ a: [1] }), '{"a":[1]}');
    assert.equal(awsScalars('verbatim').AWSJSON?.serialize('{"a":1}'), '{"a":1}');
  });
});

describe('expressions', () => {
  const cases: [object, string][] = [
    [{ version: { eq: 1 } }, '#version = :filter_0'],
    [{ version: { eq: 1 }, name: { ne: 'x' } }, '(#version = :filter_0 AND #name <> :filter_1)'],
    [{ version: { ge: 1, le: 3 } }, '(#version >= :filter_0 AND #version <= :filter_1)'],
    [{ or: [{ a: { eq: 1 } }, { b: { lt: 2 } }] }, '(#a = :filter_0 OR #b < :filter_1)'],
    [
      { and: [{ a: { eq: 1 } }, { or: [{ b: { gt: 2 } }, { c: { eq: 3 } }] }] },
      '(#a = :filter_0 AND (#b > :filter_1 OR #c = :filter_2))',
    ],
    [{ not: { a: { beginsWith: 'x' } } }, '(NOT begins_with(#a, :filter_0))'],
    [{ a: { notContains: 'x' } }, 'NOT contains(#a, :filter_0)'],
    [{ a: { between: [1, 2] } }, '#a BETWEEN :filter_0 AND :filter_1'],
    [{ a: { attributeExists: true } }, 'attribute_exists(#a)'],
    [{ a: { attributeExists: false } }, 'attribute_not_exists(#a)'],
    [{ a: { attributeType: '_null' } }, 'attribute_type(#a, :filter_0)'],
    [{ a: { size: { between: [1, 2] } } }, 'size(#a) BETWEEN :filter_0 AND :filter_1'],
    [{ and: [] }, ''],
  ];
  for (const [filter, expression] of cases) {
    test(`${JSON.stringify(filter)} is ${expression || 'nothing'}`, () =>
      assert.equal(dynamoDbExpression(filter as never).expression, expression));
  }

  test('name every field and value, and no value that is not used', () => {
    const { expressionNames, expressionValues } = dynamoDbExpression({
      and: [{ keyCondition1: { attributeExists: true } }, { version: { eq: 3 } }],
    });
    assert.deepEqual(expressionNames, { '#keyCondition1': 'keyCondition1', '#version': 'version' });
    assert.deepEqual(expressionValues, { ':filter_0': { N: '3' } });
  });

  test('refuse an operator that is not known', () => {
    assert.throws(() => dynamoDbExpression({ a: { like: 'x' } }), UnknownOperator);
  });
});

describe('subscription filters', () => {
  test('become groups of which one must hold', () => {
    const filter = subscriptionFilter({
      and: [{ or: [{ owner: { eq: 'o' } }, { shared: { eq: true } }] }, { version: { gt: 1 } }],
    });
    const version = { fieldName: 'version', operator: 'gt', value: 1 };
    assert.deepEqual(filter.filterGroup, [
      { filters: [{ fieldName: 'owner', operator: 'eq', value: 'o' }, version] },
      { filters: [{ fieldName: 'shared', operator: 'eq', value: true }, version] },
    ]);
  });

  const cases: [object, object, boolean][] = [
    [{ a: { eq: null } }, {}, true],
    [{ a: { ne: 1 } }, {}, true],
    [{ a: { gt: 1 } }, { a: '2' }, false],
    [{ a: { containsAny: ['x', 'y'] } }, { a: ['y', 'z'] }, true],
    [{ a: { contains: 'y' } }, { a: ['y', 'z'] }, true],
    [{ 'a.b': { eq: 1 } }, { a: { b: 1 } }, true],
    [{ 'a.b': { eq: 1 } }, { a: null }, false],
    [{ a: { sounds: 'like' } }, { a: 'like' }, false],
  ];
  for (const [filter, payload, holds] of cases) {
    test(`${JSON.stringify(filter)} ${holds ? 'lets' : 'does not let'} ${JSON.stringify(payload)} pass`, () => {
      assert.equal(passes(subscriptionFilter(filter as never), payload as never), holds);
    });
  }
});

describe('values', () => {
  test('survive the way into a template and back', () => {
    const value = {
      text: 'a',
      list: [1, 'b', null, { deep: true }],
      map: { size: 1, get: 2, toJSON: 3 },
      none: null,
      float: 1.5,
      __typename: 'X',
    };
    assert.deepEqual(toPlain(toJava(value)), value);
  });

  test('keep keys that would reach a prototype as data', () => {
    const hostile = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}') as object;
    const back = toPlain(toJava(hostile)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(back), ['__proto__', 'constructor']);
    assert.equal(({} as Record<string, unknown>).admin, undefined);
  });
});

test('a map with a key `constructor` is a map to DynamoDB as well', () => {
  const data = JSON.parse('{"constructor": {"toString": "x"}, "empty": ""}') as unknown;
  assert.deepEqual(toAttributeValue(data), {
    M: { constructor: { M: { toString: { S: 'x' } } }, empty: { S: '' } },
  });
});

describe('templates', () => {
  const field = (identity: Identity = iamIdentity('key')): FieldContext => ({
    identity,
    headers: { 'x-trace': 'one' },
    info: {
      parentType: { name: 'Query' },
      fieldName: 'thing',
      fieldNodes: [],
      variableValues: {},
    } as never,
    effects: { appended: [] },
  });
  const render = (
    text: string,
    context: Partial<Record<keyof TemplateContext, unknown>> = {},
    of = field(),
  ): unknown => {
    const { arguments: args = {}, stash = {}, source = null, ...rest } = context;
    return new Template('test.vtl', text).render(
      { arguments: toJava(args), stash: toJava(stash), source, ...rest } as TemplateContext,
      of,
    ).result;
  };

  const cases: [string, string, unknown, object?][] = [
    [
      'isNullOrEmpty of nothing, of text, of an empty map',
      '[$util.isNullOrEmpty($ctx.args.no), $util.isNullOrEmpty("a"), $util.isNullOrEmpty({})]',
      [true, false, true],
    ],
    [
      'isNullOrEmpty of false and zero',
      '#set($no = false)[$util.isNullOrEmpty($no), $util.isNullOrEmpty($ctx.args.zero)]',
      [false, false],
      { arguments: { zero: 0 } },
    ],
    ['isNullOrBlank of spaces', '[$util.isNullOrBlank("  ")]', [true]],
    [
      'defaultIfNullOrBlank of spaces',
      '$util.toJson($util.defaultIfNullOrBlank(" ", "other"))',
      'other',
    ],
    [
      'empty text as an attribute',
      '$util.dynamodb.toDynamoDBJson($ctx.args.text)',
      { S: '' },
      { arguments: { text: '' } },
    ],
    [
      'a list as an attribute',
      '$util.dynamodb.toDynamoDBJson($ctx.args.list)',
      { L: [{ S: 'a' }, { N: '1' }] },
      { arguments: { list: ['a', 1] } },
    ],
    [
      'map values as attributes',
      '$util.toJson($util.dynamodb.toMapValues($ctx.args))',
      { a: { BOOL: false }, b: { NULL: true } },
      { arguments: { a: false, b: null } },
    ],
    [
      'keys retained',
      '$util.toJson($util.map.copyAndRetainAllKeys($ctx.args, ["a"]))',
      { a: 1 },
      { arguments: { a: 1, b: 2 } },
    ],
    [
      'keys removed',
      '$util.toJson($util.map.copyAndRemoveAllKeys($ctx.args, ["a"]))',
      { b: 2 },
      { arguments: { a: 1, b: 2 } },
    ],
    [
      'list items removed',
      '$util.toJson($util.list.copyAndRemoveAll($ctx.args.l, ["a"]))',
      ['b'],
      { arguments: { l: ['a', 'b'] } },
    ],
    ['text that is returned early', '#return($util.toJson(null))', null],
    ['a map that is returned early', '#if(true)#return({"a": 1})#end {"b": 2}', { a: 1 }],
    [
      'a method of a map that is missing',
      '$util.qr($ctx.result.put("a", 1))$util.toJson($ctx.result)',
      null,
    ],
    [
      'text with marks of the language in it',
      '$util.toJson("$ctx.args.text")',
      '$util.error("no") #set($x = 1)',
      { arguments: { text: '$util.error("no") #set($x = 1)' } },
    ],
    ['headers', '$util.toJson($ctx.request.headers["x-trace"])', 'one'],
  ];
  for (const [what, text, expected, context] of cases) {
    test(`know ${what}`, () => assert.deepEqual(render(text, context), expected));
  }

  test('raise errors with type and data', () => {
    assert.throws(
      () => render('$util.error("Oh", "Kind", {"a": 1})'),
      (error) => {
        return (
          error instanceof FieldError &&
          error.message === 'Oh' &&
          error.extensions.errorType === 'Kind'
        );
      },
    );
  });

  test('append errors and go on', () => {
    const of = field();
    assert.equal(render('$util.appendError("Oh", "Kind")7', {}, of), 7);
    assert.equal(of.effects.appended[0]?.message, 'Oh');
  });

  test('that yield no JSON fail by name', () => {
    assert.throws(() => render('not json'), /test.vtl yields no JSON: not json/);
  });

  test('that call an extension which is not here fail by name', () => {
    assert.throws(
      () => render('$extensions.invalidateSubscriptions({"a": 1}) {}'),
      /test.vtl yields no JSON/,
    );
  });

  test('leave no loop variable behind after an error', () => {
    const template = new Template(
      'test.vtl',
      '#foreach($x in [1])#if($ctx.args.fail)$util.error("stop")#end#end$util.toJson($util.defaultIfNull($x, "free"))',
    );
    const context = (fail: boolean): TemplateContext => ({
      arguments: toJava({ fail }),
      stash: toJava({}),
      source: null,
    });
    assert.throws(() => template.render(context(true), field()));
    assert.equal(template.render(context(false), field()).result, 'free');
  });

  const kinds: [Identity, string][] = [
    [API_KEY_IDENTITY, 'API Key Authorization'],
    [iamIdentity('key'), 'IAM Authorization'],
    [userPoolIdentity({ sub: 's' }), 'User Pool Authorization'],
  ];
  for (const [identity, name] of kinds) {
    test(`know ${name}`, () =>
      assert.equal(render('$util.toJson($util.authType())', {}, field(identity)), name));
  }

  for (const [kind, claims] of Object.entries({
    id: { 'cognito:username': 'u' },
    access: { username: 'u' },
  })) {
    test(`find the user’s name in the ${kind} token`, () => {
      assert.equal(
        render(
          '$util.toJson($ctx.identity.username)',
          {},
          field(userPoolIdentity({ sub: 's', ...claims })),
        ),
        'u',
      );
    });
  }
});

describe('the DynamoDB data source', () => {
  for (const operation of ['BatchGetItem', 'TransactWriteItems', 'Sync']) {
    test(`refuses an operation that it does not know: ${operation}`, async () => {
      const source = new DynamoDbDataSource(undefined as never, 'table', undefined as never);
      await assert.rejects(
        source.invoke({ operation }),
        (error) => error instanceof DataSourceError && error.type === 'MappingTemplate',
      );
    });
  }
});

describe('trouble behind a resolver', () => {
  test('without an answer of DynamoDB is an error that templates see', async () => {
    const client = {
      send: () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
    };
    const source = new DynamoDbDataSource(client as never, 'table', undefined as never);
    await assert.rejects(source.invoke({ operation: 'GetItem', key: {} }), {
      type: 'DynamoDB:SdkClientException',
      message: 'Unable to execute HTTP request: ECONNREFUSED',
    });
  });

  test('of our own making is reported here, and hidden from the caller', async () => {
    const reported: unknown[] = [];
    const bug = new TypeError('secret detail');
    const execution = new Execution(
      buildSchema('type Query { broken: ID }', 'stringify'),
      new Map([['Query.broken', () => Promise.reject(bug)]]),
      new FieldGate('AWS_IAM'),
      { queryDepth: 1, resolverCount: 1, seconds: 1 },
      (error) => reported.push(error),
    );
    const { answer } = await execution.run(
      { query: '{ broken }' },
      { identity: iamIdentity('key'), headers: {} },
    );
    assert.deepEqual(
      [answer.errors?.[0]?.errorType, answer.errors?.[0]?.message],
      ['InternalFailure', 'Internal failure'],
    );
    assert.deepEqual(reported, [bug]);
  });
});

describe('a connection', () => {
  test('answers nothing before it is authorized, and nothing but the refusal when it is not', async () => {
    const sent: string[] = [];
    const socket = Object.assign(new EventEmitter(), {
      OPEN: 1,
      readyState: 1,
      send: (text: string) => sent.push((JSON.parse(text) as { type: string }).type),
      close: () => undefined,
    });
    let refuse: (error: Error) => void = () => undefined;
    const authenticator = { identify: () => new Promise((_, reject) => (refuse = reject)) };
    new Connection(socket as never, {}, { authenticator } as never);
    socket.emit('message', '{"type": "connection_init"}');
    await setImmediate();
    assert.deepEqual(sent, []);
    refuse(new RequestError(401, 'UnauthorizedException', 'no'));
    await setImmediate();
    assert.deepEqual(sent, ['connection_error']);
  });
});

describe('settings', () => {
  const RIGHT = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/',
    USER_POOL_ID: 'pool',
    API_KEY: 'key',
  };

  test('have defaults for all but the emulator, the pool and the key', () => {
    const { port, endpoint, region, stage, accessKeys } = settingsFrom(RIGHT);
    assert.deepEqual(
      [port, endpoint, region, stage, accessKeys.size],
      [20002, 'http://127.0.0.1:4566', 'us-east-1', 'local', 0],
    );
  });

  const wrong: [string, Record<string, string>, RegExp][] = [
    ['no address of the emulator', { AWS_ENDPOINT_URL: '' }, /^AWS_ENDPOINT_URL is not set$/],
    ['no user pool', { USER_POOL_ID: '' }, /^USER_POOL_ID is not set$/],
    ['no API key', { API_KEY: '' }, /^API_KEY is not set$/],
    ['a port that is none', { PORT: 'http' }, /^PORT is not a port: http$/],
    ['a port that is too large', { PORT: '70000' }, /^PORT is not a port: 70000$/],
    ['keys that are not JSON', { ACCESS_KEYS: '["a"' }, /^ACCESS_KEYS is not JSON$/],
    ['secrets that are no text', { ACCESS_KEYS: '{"a": 1}' }, /^ACCESS_KEYS is not a map/],
    ['unknown faults', { FAULTS: '{"gremlins": 1}' }, /^unknown faults: gremlins/],
  ];
  for (const [what, changes, message] of wrong) {
    test(`with ${what} are refused`, () =>
      assert.throws(() => settingsFrom({ ...RIGHT, ...changes }), { message }));
  }
});
