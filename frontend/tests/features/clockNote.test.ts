import { expect, test } from 'vitest';
import { clockNote } from '../../src/ui/clockNote';

const MINUTE = 60_000;

test.each([0, 59_000, -59_000])('%d ms are not worth saying', (ahead) => {
  expect(clockNote(ahead)).toBeUndefined();
});

test.each([
  [6 * MINUTE, '6 minutes fast'],
  [-MINUTE, '1 minute slow'],
  [-150 * MINUTE, '3 hours slow'],
  [400 * 24 * 60 * MINUTE, '400 days fast'],
])('%d ms are said', (ahead, words) => {
  expect(clockNote(ahead)).toContain(`Your computer's clock is ${words}.`);
});
