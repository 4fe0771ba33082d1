import { describe, expect, test } from 'vitest';
import { duration, whole } from '../../../src/features/provisioning/durations';
import type { Run, StepRow } from '../../../src/features/provisioning/run';
import {
  announcement,
  consequenceOf,
  currentStep,
  lengthOf,
  progressOf,
  summaryOf,
  viewsOf,
} from '../../../src/features/provisioning/steps';

const at = (second: number): string =>
  new Date(Date.UTC(2026, 10, 28, 20, 12, second)).toISOString();
const time = (second: number): number => Date.parse(at(second));
const clock = (second: number): string => new Date(at(second)).toLocaleTimeString('en-GB');

const TEMPLATE: StepRow = {
  step: 'TEMPLATE',
  status: 'DONE',
  startedAt: at(9),
  endedAt: new Date(time(9) + 200).toISOString(),
  detail: 'Full stack, revision 4',
};
const ANALYSIS: StepRow = {
  step: 'ANALYSIS',
  status: 'RUNNING',
  startedAt: at(10),
  deadline: at(40),
};
const RUNNING: Run = {
  attempt: 1,
  status: 'RUNNING',
  startedAt: at(9),
  steps: JSON.stringify([TEMPLATE, ANALYSIS]),
};
const FAILED_STEP: StepRow = {
  step: 'REPOSITORY',
  status: 'FAILED',
  startedAt: at(13),
  endedAt: at(34),
};
const ABANDONED: Run = {
  attempt: 1,
  status: 'ABANDONED',
  startedAt: at(9),
  failedStep: 'REPOSITORY',
  reason: 'the archive storage did not answer',
  steps: [TEMPLATE, { ...ANALYSIS, status: 'UNDOING', endedAt: at(13) }, FAILED_STEP],
};
const FAILED: Run = {
  ...ABANDONED,
  status: 'FAILED',
  endedAt: at(38),
  steps: [
    { ...TEMPLATE, status: 'UNDONE', undoneAt: at(38) },
    { ...ANALYSIS, status: 'UNDONE', endedAt: at(13), undoneAt: at(37) },
    FAILED_STEP,
  ],
};

describe('an attempt that runs', () => {
  const views = viewsOf(RUNNING, time(12));

  test('names the result of what is done, the act that runs, and what comes', () => {
    expect(views.map(({ title, state }) => [title, state])).toEqual([
      ['Template chosen', 'done'],
      ['Analysing', 'run'],
      ['Create the repository', 'wait'],
      ['Configure the services', 'wait'],
      ['Ready to download', 'wait'],
    ]);
  });

  test('tells how long each step took, or takes so far', () => {
    expect(views.map(({ aside }) => aside)).toEqual(['0.2 s', '2 s', '', '', '']);
    expect(lengthOf(RUNNING, time(12))).toBe('3 s');
  });

  test('tells when the running step fails by itself', () => {
    expect(views[0]?.what).toBe('Full stack, revision 4');
    expect(views[1]?.what).toContain(`If it has not ended by ${clock(40)}, it fails by itself.`);
  });

  test('says so when it should have ended', () => {
    const [, late] = viewsOf(RUNNING, time(41));
    expect(late?.what).toContain(`It should have ended by ${clock(40)}: it is being stopped`);
  });

  test('shows its progress', () => {
    expect(progressOf(RUNNING)).toEqual({ done: 1, of: 5, percent: 30 });
    expect(currentStep(RUNNING)).toBe(2);
    expect(announcement(RUNNING)).toBe('Step 2 of 5: analysing.');
  });
});

describe('an attempt that is being undone', () => {
  const views = viewsOf(ABANDONED, time(36));

  test('goes upwards through the same steps', () => {
    expect(views.map(({ title, state }) => [title, state])).toEqual([
      ['Template chosen', 'done'],
      ['Undoing the analysis', 'undoing'],
      ['Repository not created', 'failed'],
      ['Configure the services', 'wait'],
      ['Ready to download', 'wait'],
    ]);
    expect(views[0]?.what).toBe('It will be undone.');
    expect(views[2]?.what).toBe('The archive storage did not answer.');
    expect(views[3]?.what).toBe('Not started');
  });

  test('says the cause and what is done about it', () => {
    expect(consequenceOf(ABANDONED)).toBe(
      'The archive storage did not answer. ' +
        'What was done before is being undone, so that nothing is left behind.',
    );
    expect(announcement(ABANDONED)).toBe(
      'The repository could not be created. What was done is being undone. Undoing the analysis.',
    );
  });
});

describe('an attempt that has failed', () => {
  test('keeps the words of what was undone, and says when', () => {
    const [template, analysis] = viewsOf(FAILED, time(50));
    expect(template?.title).toBe('Template chosen, undone');
    expect(template?.what).toBe(`Full stack, revision 4. Undone at ${clock(38)}.`);
    expect(analysis?.what).toBe(`Undone at ${clock(37)}.`);
  });

  test('says on which day, where that is not today', () => {
    const [, analysis] = viewsOf(FAILED, time(37) + 3 * 86_400_000);
    expect(analysis?.what).toMatch(/^Undone at \d{1,2} \w+, /);
    expect(analysis?.what).toContain(clock(37));
  });

  test('says that everything was undone, and where it failed', () => {
    expect(consequenceOf(FAILED)).toContain('the project is as you created it.');
    expect(lengthOf(FAILED, time(50))).toBe('29 s in all');
    expect(summaryOf(FAILED)).toBe('at Repository, undone');
  });

  test('says that nothing was done when the first step failed', () => {
    const first: Run = { ...FAILED, failedStep: 'TEMPLATE', steps: [] };
    expect(consequenceOf(first)).toContain('Nothing had been done before');
  });
});

test('an attempt that is complete is told of in one sentence', () => {
  const done: Run = {
    attempt: 1,
    status: 'COMPLETED',
    steps: '[]',
    startedAt: at(9),
    endedAt: at(15),
  };
  expect(announcement(done)).toBe('All 5 steps are done. The archive is ready to download.');
});

test('of the address of an archive its name is enough', () => {
  const detail = `s3://archives/p1/1/${'0'.repeat(60)}9c41.zip`;
  const done: Run = { ...RUNNING, steps: [{ step: 'REPOSITORY', status: 'DONE', detail }] };
  expect(viewsOf(done, time(12))[2]?.what).toBe('Archive …9c41.zip');
});

test('steps that cannot be read wait', () => {
  const views = viewsOf({ ...RUNNING, steps: 'no JSON' }, time(12));
  expect(new Set(views.map(({ state }) => state))).toEqual(new Set(['wait']));
});

test.each([
  [0, '0.0 s', '0 s'],
  [240, '0.2 s', '0 s'],
  [6_450, '6.4 s', '6 s'],
  [10_000, '10 s', '10 s'],
  [65_000, '1 min 5 s', '1 min 5 s'],
  [120_000, '2 min', '2 min'],
  [-5, '0.0 s', '0 s'],
])('%d ms are %s', (milliseconds, exact, rounded) => {
  expect(duration(milliseconds)).toBe(exact);
  expect(whole(milliseconds)).toBe(rounded);
});
