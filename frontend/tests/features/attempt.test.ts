import { expect, test } from 'vitest';
import { attemptFor } from '../../src/features/commands/attempt';

function counter(): () => string {
  let count = 0;
  return () => `key-${++count}`;
}

test('[C15] the same content sent again keeps its key', () => {
  const newKey = counter();
  const first = attemptFor(undefined, { name: 'a' }, newKey);
  expect(attemptFor(first, { name: 'a' }, newKey)).toBe(first);
});

test('other content is another command', () => {
  const newKey = counter();
  const first = attemptFor(undefined, { name: 'a' }, newKey);
  expect(attemptFor(first, { name: 'b' }, newKey).key).toBe('key-2');
});
