import { expect, test } from 'vitest';
import { plainRow } from '../../src/rows/plainRow';
import { plain, plainLines, plainWithin } from '../../src/ui/plain';
import { PROJECT } from '../features/fakes';

test.each([
  ['Shop', 'Shop'],
  ['Zoë’s 🐢 متجر', 'Zoë’s 🐢 متجر'],
  ['gpj.\u202egnp', 'gpj.[U+202E]gnp'],
  ['a\u2066b\u2069', 'a[U+2066]b[U+2069]'],
  ['NUL \0, bell \u0007, escape \u001b[31m', 'NUL \u2400, bell \u2407, escape \u241b[31m'],
  ['delete \u007f', 'delete \u2421'],
  ['next line \u0085', 'next line [U+0085]'],
  ['two\nlines', 'two\u240alines'],
  ['line\u2028end', 'line[U+2028]end'],
])('controls in %j are shown as %j', (text, shown) => {
  expect(plain(text)).toBe(shown);
});

test('a text with lines keeps them, and its tabs', () => {
  expect(plainLines('one\r\n\ttwo\u202e')).toBe('one\n\ttwo[U+202E]');
  expect(plainLines('overwritten\rby this')).toBe('overwritten\u240dby this');
});

test('every text within a value is made plain', () => {
  const value = { 'k\u202e': ['a\u0000', { deep: 'b\u202d' }, 1, null, true] };
  expect(plainWithin(value)).toEqual({
    'k[U+202E]': ['a\u2400', { deep: 'b[U+202D]' }, 1, null, true],
  });
});

test('a row is plain wherever it is shown, but for the JSON that is sent back', () => {
  const environment = '{"KEY":"a\u202eb"}';
  const row = { ...PROJECT, name: 'evil\u202e', features: ['x\u0007'], environment };
  expect(plainRow('Project', row)).toEqual({
    ...PROJECT,
    name: 'evil[U+202E]',
    features: ['x\u2407'],
    environment,
  });
});
