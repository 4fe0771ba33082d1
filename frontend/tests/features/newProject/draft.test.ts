import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/browserStore';
import {
  checkNewProject,
  type Chosen,
  commandOf,
  emptyNewProject,
  forget,
  keep,
  type NewProject,
  restore,
  WITHOUT_TEMPLATE,
  withFeatures,
  withFields,
} from '../../../src/features/newProject/draft';
import { retirement, RUNTIMES } from '../../../src/features/newProject/runtimes';

const CHOSEN: Chosen = {
  slug: 'web-api',
  runtime: 'python3.13',
  parameters: [{ name: 'memory', type: 'NUMBER', label: 'Memory', minimum: 128 }],
};
const DRAFT: NewProject = { ...emptyNewProject, name: 'Shop', region: 'eu-west-1' };

function memory(): Store {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

test('features that were ticked without a template need a runtime and a region', () => {
  const draft = withFeatures({ ...DRAFT, region: '' }, WITHOUT_TEMPLATE, ['auth']);
  expect([...checkNewProject(draft).keys()]).toEqual([
    'configuration.region',
    'configuration.runtime',
  ]);
  const whole = { ...draft, region: 'eu-west-1', runtime: 'python3.13' };
  expect(checkNewProject(whole).size).toBe(0);
  expect(commandOf(whole).configuration?.features).toEqual(['auth']);
});

describe('a draft', () => {
  test('survives a reload, for the person who typed it', () => {
    const store = memory();
    keep(store, 'u1', DRAFT);
    expect(restore(store, 'u1')).toEqual(DRAFT);
    expect(restore(store, 'u2')).toEqual(emptyNewProject);
    forget(store, 'u1');
    expect(restore(store, 'u1')).toEqual(emptyNewProject);
  });

  test.each([
    'no JSON',
    '[]',
    'null',
    '{"name":1}',
    '{"features":"all"}',
    '{"features":[]}',
    '{"unknown":""}',
  ])('that cannot be read is empty: %s', (text) => {
    expect(restore({ ...memory(), getItem: () => text }, 'u1')).toEqual(emptyNewProject);
  });

  test('keeps what was typed for each template', () => {
    const both = withFields(withFields(DRAFT, 'a', { x: '1' }), 'b', { x: '2' });
    expect(both.fields).toEqual({ a: { x: '1' }, b: { x: '2' } });
  });
});

describe('a project from a template', () => {
  test('is sent with the values of the template that is chosen', () => {
    const draft = withFields(withFields(DRAFT, 'other', { x: '1' }), 'web-api', { memory: '512' });
    expect(commandOf(draft, CHOSEN)).toEqual({
      name: 'Shop',
      templateId: 'web-api',
      templateParameters: { memory: 512 },
      configuration: { runtime: 'python3.13', region: 'eu-west-1' },
    });
  });

  test('is told of its mistakes under the names of the API', () => {
    const draft = withFields({ ...DRAFT, name: '', region: '' }, 'web-api', { memory: '64' });
    expect([...checkNewProject(draft, CHOSEN).keys()]).toEqual([
      'name',
      'configuration.region',
      'templateParameters.memory',
    ]);
  });

  test('takes the runtime that was chosen before that of the template', () => {
    const { configuration } = commandOf({ ...DRAFT, runtime: 'nodejs22' }, CHOSEN);
    expect(configuration?.runtime).toBe('nodejs22');
  });
});

describe('a project without a template', () => {
  test('needs neither region nor runtime, but one with the other', () => {
    expect([...checkNewProject({ ...DRAFT, region: '' }).keys()]).toEqual([]);
    expect([...checkNewProject(DRAFT).keys()]).toEqual(['configuration.runtime']);
    expect(commandOf({ ...DRAFT, region: '' })).toEqual({ name: 'Shop' });
  });
});

test('the runtimes are those of the API, and the living ones come first', () => {
  const document = JSON.parse(
    readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8'),
  ) as { components: { schemas: { Runtime: { enum: string[] } } } };
  expect(RUNTIMES.toSorted()).toEqual(document.components.schemas.Runtime.enum.toSorted());
  expect(retirement('python3.9')).toBe(
    'AWS has retired python3.9: the code is made for python3.13.',
  );
  expect(retirement(RUNTIMES[0]!)).toBeUndefined();
});
