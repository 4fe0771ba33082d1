import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  descriptionMistake,
  MAX_DESCRIPTION,
  MAX_FEATURES,
  MAX_NAME,
  MAX_QUESTION,
  MAX_REASON,
  MAX_SERVICES,
  MAX_VARIABLE,
  MAX_VARIABLES,
  nameMistake,
} from '../../src/features/limits';
import { MAX_PARAMETERS } from '../../src/features/templates/editorDraft';
import { checkProject } from '../../src/features/projects/draft';
import { emptyDraft } from '../../src/features/services/draft';

interface Schema {
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly patternProperties?: Record<string, Schema>;
  readonly anyOf?: readonly Schema[];
}

interface OpenApi {
  readonly components: {
    readonly schemas: Record<string, { readonly properties: Record<string, Schema> }>;
  };
}

const document = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;

function field(body: string, name: string): Schema | undefined {
  const schema = document.components.schemas[body]?.properties[name];
  return schema?.anyOf?.[0] ?? schema;
}

test('the limits are those of the API', () => {
  expect(field('CreateProjectBody', 'name')?.maxLength).toBe(MAX_NAME);
  expect(field('ChangeProjectBody', 'name')?.maxLength).toBe(MAX_NAME);
  expect(field('AddServiceBody', 'serviceName')?.maxLength).toBe(MAX_NAME);
  expect(field('CreateProjectBody', 'description')?.maxLength).toBe(MAX_DESCRIPTION);
  expect(field('ChangeProjectBody', 'description')?.maxLength).toBe(MAX_DESCRIPTION);
  expect(field('CreateProjectBody', 'services')?.maxItems).toBe(MAX_SERVICES);
  expect(field('ConfigureProjectBody', 'features')?.maxItems).toBe(MAX_FEATURES);
  const variables = field('ConfigureProjectBody', 'environment');
  expect(variables?.maxProperties).toBe(MAX_VARIABLES);
  const values = Object.values(variables?.patternProperties ?? {});
  expect(values.map(({ maxLength }) => maxLength)).toEqual([MAX_VARIABLE]);
  expect(field('RequestAnalysisBody', 'question')?.maxLength).toBe(MAX_QUESTION);
  expect(field('DeprecateTemplateBody', 'reason')?.maxLength).toBe(MAX_REASON);
  expect(field('DraftTemplateBody', 'parameters')?.maxItems).toBe(MAX_PARAMETERS);
});

describe('a name', () => {
  test.each([
    'Tortoise',
    ' Tortoise ',
    'x'.repeat(MAX_NAME),
    '🫖'.repeat(MAX_NAME),
    'Zoë',
    '👩\u200d💻',
    'שלום',
  ])('%j is one', (name) => {
    expect(nameMistake(name, 'project')).toBeUndefined();
  });

  test.each([
    ['', 'Give the project a name.'],
    [' \n', 'Give the project a name.'],
    ['x'.repeat(MAX_NAME + 1), 'At most 100 characters; there are 101.'],
    ['🫖'.repeat(MAX_NAME + 1), 'At most 100 characters; there are 101.'],
    ['\u200b\u2060', 'Give the project a name.'],
    ['\u3164', 'Give the project a name.'],
    ['next\u0085line', 'A name is one line without tabs or control characters.'],
    ['gpj\u202eexe', 'A name is one line without tabs or control characters.'],
    ['two\tcolumns', 'A name is one line without tabs or control characters.'],
    ['del\u007f', 'A name is one line without tabs or control characters.'],
  ])('%j is none', (name, mistake) => {
    expect(nameMistake(name, 'project')).toBe(mistake);
  });
});

test('a description may have as many characters as the API takes, after trimming', () => {
  expect(descriptionMistake(` ${'x'.repeat(MAX_DESCRIPTION)}\n`)).toBeUndefined();
  expect(descriptionMistake('x'.repeat(MAX_DESCRIPTION + 1))).toBe(
    'At most 2000 characters; there are 2001.',
  );
});

test('every field of a project and its services is checked at its own name', () => {
  const long = 'x'.repeat(MAX_DESCRIPTION + 1);
  const mistakes = checkProject({ name: long, description: long }, [
    { ...emptyDraft, serviceName: long },
  ]);
  expect([...mistakes.keys()]).toEqual(['name', 'description', 'services.0.serviceName']);
});
