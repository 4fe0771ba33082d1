import { describe, expect, test } from 'vitest';
import { OutputsMissing } from '../../src/api/outputs';
import { QueryFailed } from '../../src/api/readModels';
import { changedClass } from '../../src/ui/useChanged';
import { whatHappened } from '../../src/ui/ErrorState';

describe('what could not be read is told without the words of a server', () => {
  test.each([
    [
      new QueryFailed(["Cannot return null for non-nullable type: 'ProjectStatus'"]),
      'could not answer',
    ],
    [new QueryFailed(['NetworkError when attempting to fetch resource.']), 'could not be reached'],
    [new TypeError('Failed to fetch'), 'could not be reached'],
    ['nonsense', 'could not be reached'],
    [new OutputsMissing('/amplify_outputs.json'), 'could not read /amplify_outputs.json'],
  ])('%s', (error, words) => {
    expect(whatHappened(error)).toContain(words);
    expect(whatHappened(error)).not.toContain('non-nullable');
  });
});

test('a row is marked by its changes, not by its first showing', () => {
  expect([0, 1, 2].map(changedClass)).toEqual(['', ' changed', ' changed changed-again']);
});
