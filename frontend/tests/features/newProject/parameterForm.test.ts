import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkFields,
  fieldOf,
  fieldsOf,
  shownIn,
  valuesOf,
} from '../../../src/features/newProject/parameterForm';
import { mistakeIn, type Parameter, type Value } from '../../../src/features/templates/parameters';
import cases from './fitting.json';

const NAME: Parameter = {
  name: 'packageName',
  type: 'TEXT',
  label: 'Package name',
  required: true,
};
const MEMORY: Parameter = {
  name: 'memory',
  type: 'NUMBER',
  label: 'Memory',
  default: 512,
  minimum: 128,
  maximum: 10240,
};
const DATABASE: Parameter = {
  name: 'database',
  type: 'CHOICE',
  label: 'Database',
  choices: ['dynamodb', 'aurora'],
  default: 'dynamodb',
};
const EXTRAS: Parameter = { name: 'extras', type: 'LIST', label: 'Extras', choices: ['a', 'b'] };
const TRACING: Parameter = { name: 'tracing', type: 'BOOLEAN', label: 'Tracing', default: true };
const ALL = [NAME, MEMORY, DATABASE, EXTRAS, TRACING];

interface Case {
  readonly parameter: Parameter;
  readonly value?: Value;
  readonly fits: boolean;
}

describe('a value', () => {
  // tests/domain/unit/test_page_checks.py asks the domain about the same cases.
  test.each(cases as Case[])('is taken as the API takes it: %j', ({ parameter, value, fits }) => {
    expect(mistakeIn(parameter, value) === undefined).toBe(fits);
  });
});

describe('fields that nobody touched', () => {
  test('show the defaults', () => {
    expect(ALL.map((parameter) => shownIn(parameter, {}))).toEqual([
      '',
      '512',
      'dynamodb',
      [],
      true,
    ]);
  });

  test('are told of when they are required and have no default', () => {
    expect([...checkFields(ALL, {})]).toEqual([[fieldOf(NAME), 'This is required.']]);
  });

  test('are sent with their defaults, and what is empty is left out', () => {
    expect(valuesOf(ALL, {})).toEqual({ memory: 512, database: 'dynamodb', tracing: true });
  });
});

describe('what was typed', () => {
  test('becomes a value of the type of the parameter', () => {
    const fields = { packageName: 'shop', memory: '1 024', extras: ['b'], tracing: false };
    expect(valuesOf(ALL, fields)).toEqual({
      packageName: 'shop',
      memory: 1024,
      database: 'dynamodb',
      extras: ['b'],
      tracing: false,
    });
  });

  test('is told of at its field when it does not fit', () => {
    const mistakes = checkFields(ALL, { packageName: 'shop', memory: '64' });
    expect([...mistakes]).toEqual([
      ['templateParameters.memory', '64 is too little: it takes 128 and more.'],
    ]);
  });

  test.each(['much', '1e999', '--1', '5 12'])('%j is no number', (memory) => {
    const mistakes = checkFields([MEMORY], { memory });
    expect(mistakes.get(fieldOf(MEMORY))).toBe('Write a number, such as 512.');
  });

  test('an emptied number is left out', () => {
    expect(valuesOf([MEMORY], { memory: ' ' })).toEqual({});
  });

  test('an emptied text replaces its default', () => {
    const greeting: Parameter = { ...NAME, default: 'Hello' };
    expect(valuesOf([greeting], { packageName: '' })).toEqual({ packageName: '' });
  });

  test('an emptied list replaces its default', () => {
    expect(valuesOf([{ ...EXTRAS, default: ['a'] }], { extras: [] })).toEqual({ extras: [] });
  });

  test('is too long when all values together are, and the longest field says so', () => {
    const longer: Parameter = { ...NAME, name: 'longer', maxLength: 4000 };
    const fields = { packageName: '🫖'.repeat(1000), longer: '🫖'.repeat(1500) };
    expect([...checkFields([NAME, longer], fields).keys()]).toEqual(['templateParameters.longer']);
  });
});

test('values that were given before come back as they were', () => {
  const values = fc.record({
    packageName: fc.string({ minLength: 1 }),
    memory: fc.integer({ min: 128, max: 10240 }),
    database: fc.constantFrom('dynamodb', 'aurora'),
    extras: fc.subarray(['a', 'b'], { minLength: 1 }),
    tracing: fc.boolean(),
  });
  fc.assert(
    fc.property(values, (given) => {
      expect(valuesOf(ALL, fieldsOf(ALL, given))).toEqual(given);
    }),
  );
});
