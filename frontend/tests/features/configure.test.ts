import { describe, expect, test } from 'vitest';
import {
  checkConfiguration,
  configurationDraft,
  configurationOf,
  textsOf,
} from '../../src/features/projects/configuration';
import { PROJECT } from './fakes';

const CONFIGURED = {
  ...PROJECT,
  runtime: 'python3.13',
  region: 'eu-west-1',
  features: ['sign-in', 'ci'],
  environment: '{"LOG_LEVEL":"INFO"}',
};
const DRAFT = configurationDraft(CONFIGURED);
const variable = (key: number, name: string, value = 'x') => ({ key, name, value });

describe('a configuration in a form', () => {
  test('is sent as it was read', () => {
    expect(checkConfiguration(DRAFT)).toEqual(new Map());
    expect(configurationOf(DRAFT)).toEqual({
      runtime: 'python3.13',
      region: 'eu-west-1',
      features: ['sign-in', 'ci'],
      environment: { LOG_LEVEL: 'INFO' },
    });
  });

  test('of a project without one lacks runtime and region', () => {
    expect([...checkConfiguration(configurationDraft(PROJECT)).keys()]).toEqual([
      'runtime',
      'region',
    ]);
  });

  test.each([
    [{ region: 'Ireland' }, 'region'],
    [{ features: 'sign-in, Sign In' }, 'features'],
    [{ features: 'x'.repeat(65) }, 'features'],
    [{ features: Array.from({ length: 51 }, (_, n) => `f${n}`).join(',') }, 'features'],
    [{ variables: [variable(0, '1ST')] }, 'environment.0'],
    [{ variables: [variable(0, 'A'), variable(1, 'A')] }, 'environment.1'],
    [{ variables: [variable(0, 'A', 'x'.repeat(1025))] }, 'environment.0'],
    [{ variables: Array.from({ length: 51 }, (_, n) => variable(n, `V${n}`)) }, 'environment'],
  ])('tells of %o', (change, field) => {
    expect([...checkConfiguration({ ...DRAFT, ...change }).keys()]).toEqual([field]);
  });

  test('is the same in another order of its variables, or with blanks', () => {
    const others = {
      ...DRAFT,
      features: ' sign-in,ci,ci ',
      variables: [variable(3, 'B', '2'), variable(1, 'A', '1')],
    };
    const plain = { ...DRAFT, variables: [variable(0, 'A', '1'), variable(1, 'B', '2')] };
    expect(textsOf(others)).toEqual(textsOf(plain));
  });
});
