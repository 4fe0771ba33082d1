/** The stage of a backend, by its kind and name. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { InvalidStage, stageOf } from '../stage';

describe('the stage', () => {
  const derived: [string, string, string][] = [
    ['branch', 'main', 'main'],
    ['branch', 'a', 'a'],
    ['branch', 'release-2026-11', 'release-2026-11'],
    ['sandbox', 'ada', 'sandbox-ada'],
    ['sandbox', 'AdaL', 'sandbox-adal'],
  ];
  for (const [type, name, stage] of derived) {
    test(`of the ${type} ${name} is ${stage}`, () => {
      assert.equal(stageOf({ type, name }, undefined), stage);
    });
  }

  const names = ['feature/login', 'Main', '7days', '-x', 'a_b', 'local', 'x'.repeat(21), ''];
  for (const name of names) {
    test(`is refused for a branch called "${name}"`, () => {
      assert.throws(() => stageOf({ type: 'branch', name }, undefined), InvalidStage);
    });
  }

  test('is refused for a branch with what to set', () => {
    assert.throws(() => stageOf({ type: 'branch', name: 'feature/login' }, undefined), {
      message:
        'The branch feature/login would be the stage "feature/login". ' +
        'A stage has 1 to 20 characters: a small letter, then small letters, digits and hyphens; ' +
        'it is not "local". Set SKAFU_ENVIRONMENT to the stage of this branch.',
    });
  });

  test('is refused for a sandbox whose name is too long, with what to set', () => {
    assert.throws(() => stageOf({ type: 'sandbox', name: 'a-very-long-name' }, undefined), {
      message: /SKAFU_ENVIRONMENT to the stage of this sandbox/,
    });
  });

  test('is the one chosen, and that one is checked, too', () => {
    assert.equal(stageOf({ type: 'branch', name: 'feature/login' }, 'staging'), 'staging');
    assert.throws(() => stageOf({ type: 'branch', name: 'main' }, 'Staging'), InvalidStage);
    assert.throws(() => stageOf({ type: 'branch', name: 'main' }, ''), InvalidStage);
  });
});
