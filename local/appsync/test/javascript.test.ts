/** Resolvers in JavaScript: what they are given, what they may do, and how a pipeline goes on. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  API_KEY_IDENTITY,
  iamIdentity,
  userPoolIdentity,
  type Identity,
} from '../src/authorization/identity';
import { DataSourceError, type DynamoDbRequest } from '../src/dynamodb';
import { FieldError } from '../src/errors';
import { Module } from '../src/js/module';
import { NONE, pipelineResolvers, type DataSource } from '../src/pipeline';
import type { FieldContext } from '../src/vtl/template';
import { toJava } from '../src/vtl/values';

const UTILS = "import { util, runtime, extensions } from '@aws-appsync/utils';";
const DYNAMODB = "import { get, query, scan } from '@aws-appsync/utils/dynamodb';";

function field(identity: Identity = iamIdentity('key')): FieldContext {
  const info = { parentType: { name: 'Query' }, fieldName: 'thing', fieldNodes: [] };
  return { identity, headers: {}, info: info as never, effects: { appended: [] } };
}

/** The result of a request handler with this body. */
function requested(
  body: string,
  { args = {}, of = field() }: { args?: object; of?: FieldContext } = {},
): unknown {
  const text = `${UTILS}${DYNAMODB} export function request(ctx) { ${body} }`;
  const context = { arguments: toJava(args), stash: toJava({}), source: null };
  return new Module('test.js', text).request.render(context, of).result;
}

describe('a module', () => {
  const cases: [string, string, unknown, object?][] = [
    ['arguments', 'return ctx.args.a + ctx.arguments.a', 2, { a: 1 }],
    [
      'spread and defaults',
      'const { b = 2, ...rest } = ctx.args; return { b, ...rest }',
      { b: 2, a: 1 },
      { a: 1 },
    ],
    ['nothing to return', '', null],
    ['what JSON does not know of', 'return { a: undefined, f: () => 1, b: 2 }', { b: 2 }],
    ['the name of the field', 'return ctx.info.fieldName', 'thing'],
    ['the kind of caller', 'return util.authType()', 'IAM Authorization'],
    ['matching', "return util.matches('^a+$', 'aaa')", true],
    [
      'attribute values',
      "return util.dynamodb.toMapValues({ a: 'x', n: [1] })",
      { a: { S: 'x' }, n: { L: [{ N: '1' }] } },
    ],
    ['an id each time', 'return util.autoId() === util.autoId()', false],
    [
      'a filter, as text',
      'return typeof util.transform.toDynamoDBFilterExpression({ a: { eq: 1 } })',
      'string',
    ],
    [
      'a row by key',
      'return get({ key: { id: ctx.args.id } })',
      { operation: 'GetItem', key: { id: { S: 'x' } } },
      { id: 'x' },
    ],
    [
      'a page of an index',
      "return query({ index: 'byUser', query: { userId: { eq: 'u' } }, filter: { v: { ne: 1 } }, limit: 3, nextToken: null, scanIndexForward: false })",
      {
        operation: 'Query',
        index: 'byUser',
        query: {
          expression: '#userId = :key_0',
          expressionNames: { '#userId': 'userId' },
          expressionValues: { ':key_0': { S: 'u' } },
        },
        filter: {
          expression: '#v <> :filter_0',
          expressionNames: { '#v': 'v' },
          expressionValues: { ':filter_0': { N: '1' } },
        },
        limit: 3,
        nextToken: null,
        scanIndexForward: false,
      },
    ],
    ['a page of the table', 'return scan({ limit: 2 })', { operation: 'Scan', limit: 2 }],
  ];
  for (const [what, body, expected, args] of cases) {
    test(`knows ${what}`, () => assert.deepEqual(requested(body, { args }), expected));
  }

  const kinds: [Identity, string][] = [
    [API_KEY_IDENTITY, 'API Key Authorization'],
    [userPoolIdentity({ sub: 's' }), 'User Pool Authorization'],
  ];
  for (const [identity, name] of kinds) {
    test(`knows ${name}`, () =>
      assert.equal(requested('return util.authType()', { of: field(identity) }), name));
  }

  test('knows the user, and groups only of somebody who is in one', () => {
    const of = field(userPoolIdentity({ sub: 's', username: 'u', 'cognito:groups': ['Admin'] }));
    const body = 'const { sub, username, groups } = ctx.identity; return [sub, username, groups]';
    assert.deepEqual(requested(body, { of }), ['s', 'u', ['Admin']]);
    assert.equal(requested('return ctx.identity.groups'), null);
  });

  test('tells the moment', () => {
    const at = requested('return util.time.nowISO8601()') as string;
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
  });

  const faults: [string, string, string, string | null][] = [
    ['that it raises', "util.error('Oh', 'Kind')", 'Oh', 'Kind'],
    ['without a kind', "util.error('Oh')", 'Oh', null],
    [
      'of who may not',
      'util.unauthorized()',
      'Not Authorized to access thing on type Query',
      'Unauthorized',
    ],
    [
      'of its code',
      'return ctx.args.no.more',
      "test.js: Cannot read properties of undefined (reading 'more')",
      'Code',
    ],
    [
      'of a function that util lacks here',
      'return util.rds.now()',
      "test.js: Cannot read properties of undefined (reading 'now')",
      'Code',
    ],
  ];
  for (const [what, body, message, errorType] of faults) {
    test(`fails its field with an error ${what}`, () => {
      assert.throws(
        () => requested(body),
        (error) =>
          error instanceof FieldError &&
          error.message === message &&
          error.extensions.errorType === errorType,
      );
    });
  }

  test('appends errors and goes on', () => {
    const of = field();
    assert.equal(requested("util.appendError('Oh', 'Kind', { a: 1 }); return 7", { of }), 7);
    assert.deepEqual(
      of.effects.appended.map(({ message, extensions }) => [message, extensions]),
      [['Oh', { errorType: 'Kind', data: { a: 1 }, errorInfo: null }]],
    );
  });

  test('sets the filter of a subscription, as text or as a value', () => {
    const given = '{ filterGroup: [{ filters: [] }] }';
    for (const filter of [given, `JSON.stringify(${given})`]) {
      const of = field();
      requested(`extensions.setSubscriptionFilter(${filter})`, { of });
      assert.deepEqual(of.effects.subscriptionFilter, { filterGroup: [{ filters: [] }] });
    }
  });

  for (const absent of [
    'Date',
    'RegExp',
    'Map',
    'Promise',
    'structuredClone',
    'process',
    'fetch',
  ]) {
    test(`has no ${absent}, as on AWS`, () =>
      assert.equal(requested(`return typeof ${absent}`), 'undefined'));
  }

  test('makes no code of text', () => {
    assert.throws(() => requested("return (() => 1).constructor('return 7')()"), /Code generation/);
  });

  test('changes nothing that belongs to others: it works on a copy', () => {
    const args = { list: [1] };
    requested('ctx.args.list.push(2)', { args });
    assert.deepEqual(args, { list: [1] });
  });

  test('that imports what AppSync does not have is not loaded', () => {
    assert.throws(
      () => new Module('test.js', "import fs from 'node:fs'; export const request = () => fs;"),
      /test.js imports node:fs, which this server does not have/,
    );
  });

  test('that is no JavaScript is not loaded', () => {
    assert.throws(() => new Module('test.js', 'export function ('), /test.js/);
  });

  test('pays for the list of selected fields only when it asks for it', () => {
    const of = field();
    Object.defineProperty(of.info, 'fieldNodes', { get: () => assert.fail('nobody asked') });
    assert.equal(requested('return 1', { of }), 1);
  });
});

describe('a pipeline', () => {
  const PASS =
    'export const request = () => ({}); export const response = (ctx) => ctx.prev.result;';

  /** Runs functions over a data source that hands back what it was asked; `main` is the resolver. */
  async function run(
    functions: string[],
    main = PASS,
  ): Promise<{ result: unknown; asked: unknown[] }> {
    const asked: unknown[] = [];
    const echo: DataSource = {
      invoke: (request: DynamoDbRequest) => {
        asked.push(request);
        return Promise.resolve({ found: request });
      },
    };
    const modules = functions.map((text, at): [string, string] => [
      `f${at}.${text.includes('export') ? 'js' : 'request.vtl'}`,
      text,
    ]);
    const configured = modules.map(([name]) =>
      name.endsWith('.js')
        ? { dataSource: 'Echo', runtime: 'APPSYNC_JS', code: name }
        : { dataSource: 'NONE_DS', request: name, response: name },
    );
    const names = modules.map(([name]) => name);
    const exported = {
      manifest: {
        functions: Object.fromEntries(configured.map((one, at) => [String(names[at]), one])),
        resolvers: [{ type: 'Query', field: 'thing', functions: names, code: 'main.js' }],
      },
      templates: new Map([...modules, ['main.js', main]]),
    };
    const resolvers = pipelineResolvers(
      exported as never,
      new Map([
        ['Echo', echo],
        ['NONE_DS', NONE],
      ]),
      (name) => `local-${name}`,
    );
    return { result: await resolvers.get('Query.thing')?.(null, { a: 1 }, field()), asked };
  }

  const step = (request: string, response = 'return ctx.result'): string =>
    `${UTILS} export function request(ctx) { ${request} } export function response(ctx) { ${response} }`;

  test('hands each function the result of the one before', async () => {
    const { result, asked } = await run([
      step('return { first: ctx.prev.result ?? ctx.args.a }'),
      step('return { second: ctx.prev.result }'),
    ]);
    assert.deepEqual(asked, [{ first: {} }, { second: { found: { first: {} } } }]);
    assert.deepEqual(result, { found: asked[1] });
  });

  test('keeps its stash from function to function, in either language', async () => {
    const { result } = await run([
      step('ctx.stash.a = { b: [1] }; return {}', 'ctx.stash.c = 2; return null'),
      '$util.qr($ctx.stash.put("d", $ctx.stash.a.b[0]))$util.toJson({"payload": $ctx.stash.c})',
      step('return {}', 'return ctx.stash'),
    ]);
    assert.deepEqual(result, { a: { b: [1] }, c: 2, d: 1 });
  });

  test('goes on with the next function after an early return', async () => {
    const { result, asked } = await run([
      step('runtime.earlyReturn({ early: 1 })', "util.error('skipped')"),
      step('return ctx.prev.result'),
    ]);
    assert.deepEqual([result, asked], [{ found: { early: 1 } }, [{ early: 1 }]]);
  });

  for (const half of ['request', 'response']) {
    test(`ends after an early return from a ${half} that says so`, async () => {
      const leave = "runtime.earlyReturn({ early: 1 }, { skipTo: 'END' })";
      const first = half === 'request' ? step(leave) : step('return {}', leave);
      const { result } = await run([first, step("util.error('reached')")]);
      assert.deepEqual(result, { early: 1 });
    });
  }

  test('runs no function when the resolver returns early, but its response', async () => {
    const main = step('runtime.earlyReturn(7)', 'return [ctx.prev.result, ctx.result]');
    assert.deepEqual(await run([step("util.error('reached')")], main), {
      result: [7, 7],
      asked: [],
    });
  });

  test('shows a function the error of its data source', async () => {
    const failing = step("return { operation: 'x' }", 'return [ctx.result, ctx.error.type]');
    const resolvers = pipelineResolvers(
      {
        manifest: {
          functions: { f: { dataSource: 'Broken', runtime: 'APPSYNC_JS', code: 'f.js' } },
          resolvers: [{ type: 'Query', field: 'thing', functions: ['f'], code: 'main.js' }],
        },
        templates: new Map([
          ['f.js', failing],
          ['main.js', PASS],
        ]),
      } as never,
      new Map([['Broken', { invoke: () => Promise.reject(new DataSourceError('no', 'Kind')) }]]),
      String,
    );
    const answer = await resolvers.get('Query.thing')?.(null, {}, field());
    assert.deepEqual(answer, [null, 'Kind']);
  });
});
