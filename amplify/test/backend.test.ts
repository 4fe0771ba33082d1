/** What the backend deploys, and that the committed export is what it yields. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import {
  allStacks,
  readAssembly,
  readRootStack,
  target,
  type Resource,
  type Stack,
} from '../export/assembly';
import { synthesise } from '../export/synthesis';
import { closeLists, letExpire } from '../limits';

const GENERATED = fileURLToPath(new URL('../generated', import.meta.url));
const EXPORT = fileURLToPath(new URL('../export.ts', import.meta.url));
const TSX = createRequire(import.meta.url).resolve('tsx');

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'skafu-backend-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the deployed backend', () => {
  let stacks: Stack[];
  before(async () => {
    const outdir = join(folder, 'cdk.out');
    await synthesise(outdir);
    stacks = allStacks(readRootStack(readAssembly(outdir)));
  });

  const found = (type: string): { stack: Stack; resource: Resource }[] =>
    stacks.flatMap((stack) =>
      Object.values(stack.template.Resources)
        .filter(({ Type }) => Type === type)
        .map((resource) => ({ stack, resource })),
    );

  test('tells SAM by parameters where API and user pool are; the API’s id is not cut from its URL', () => {
    const parameters = found('AWS::SSM::Parameter')
      .filter(({ resource }) => (resource.Properties.Name as string).startsWith('/skafu/'))
      .map(({ stack, resource }) => {
        const to = target(stack, resource.Properties.Value);
        return [
          resource.Properties.Name,
          to?.kind === 'resource' && `${to.resource.Type} ${to.attribute}`,
        ];
      });
    assert.deepEqual(Object.fromEntries(parameters), {
      '/skafu/dev/graphqlUrl': 'AWS::AppSync::GraphQLApi GraphQLUrl',
      '/skafu/dev/apiId': 'AWS::AppSync::GraphQLApi ApiId',
      '/skafu/dev/apiArn': 'AWS::AppSync::GraphQLApi Arn',
      '/skafu/dev/userPoolArn': 'AWS::Cognito::UserPool Arn',
      '/skafu/dev/userPoolId': 'AWS::Cognito::UserPool Ref',
      '/skafu/dev/userPoolClientId': 'AWS::Cognito::UserPoolClient Ref',
    });
  });

  test('signs people in by e-mail, into the groups Admin and Developer', () => {
    assert.deepEqual(found('AWS::Cognito::UserPool')[0]?.resource.Properties.UsernameAttributes, [
      'email',
    ]);
    const groups = found('AWS::Cognito::UserPoolGroup').map(
      ({ resource }) => resource.Properties.GroupName,
    );
    assert.deepEqual(groups.sort(), ['Admin', 'Developer']);
  });

  test('takes people by default, and besides API keys of thirty days and IAM', () => {
    const { AuthenticationType, AdditionalAuthenticationProviders } =
      found('AWS::AppSync::GraphQLApi')[0]?.resource.Properties ?? {};
    const additional = AdditionalAuthenticationProviders as { AuthenticationType: string }[];
    assert.equal(AuthenticationType, 'AMAZON_COGNITO_USER_POOLS');
    assert.deepEqual(additional.map((provider) => provider.AuthenticationType).sort(), [
      'API_KEY',
      'AWS_IAM',
    ]);
    const days =
      (Number(found('AWS::AppSync::ApiKey')[0]?.resource.Properties.Expires) - Date.now() / 1000) /
      86_400;
    assert.ok(days > 29 && days < 31, `${days} days`);
  });
});

describe('limits', () => {
  test('refuse to let rows of a model expire that has no table', () => {
    const table = { timeToLiveAttribute: { attributeName: '', enabled: false } };
    letExpire({ Thing: table }, { Thing: 'until' });
    assert.deepEqual(table.timeToLiveAttribute, { attributeName: 'until', enabled: true });
    assert.throws(() => letExpire({}, { Thing: 'until' }), /Thing has no table/);
  });

  test('refuse to leave a list open whose authorization step has another name now', () => {
    const step = { name: 'QuerylistThingsauth0Function', requestMappingTemplate: 'generated' };
    const functions = { step } as never;
    closeLists(functions, ['listThings']);
    assert.match(step.requestMappingTemplate, /unauthorized/);
    assert.throws(() => closeLists(functions, ['listOthers']), /listOthers has no step/);
  });
});

describe('the export', () => {
  test('is committed as it is; what has drifted is named, and nothing else', () => {
    const drifted = join(folder, 'drifted');
    cpSync(GENERATED, drifted, { recursive: true });
    writeFileSync(
      join(drifted, 'schema.graphql'),
      `${readFileSync(join(drifted, 'schema.graphql'), 'utf8')}# by hand\n`,
    );
    writeFileSync(join(drifted, 'resolvers/Query.left.request.vtl'), '');
    rmSync(join(drifted, 'model-introspection.json'));
    // From another working folder, so that a path in the output would be drift too.
    const options = ['--import', TSX, EXPORT, '--check', '--folder', drifted];
    const { status, stderr } = spawnSync(process.execPath, options, {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /stale; run `pnpm run export`:\n {2}model-introspection\.json\n {2}resolvers\/Query\.left\.request\.vtl\n {2}schema\.graphql\n/,
    );
  });

  test('names no account, region, asset or path', () => {
    const text = ['schema.graphql', 'model-introspection.json', 'resolvers/manifest.json']
      .map((name) => readFileSync(join(GENERATED, name), 'utf8'))
      .join('');
    assert.doesNotMatch(text, /\b\d{12}\b|[a-z]{2}-[a-z]+-\d\b|[0-9a-f]{16}|\/tmp|\/home|cdk-/);
  });
});
