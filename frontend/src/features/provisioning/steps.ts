import type { StepState } from '../../ui/Steps';
import { sentence } from '../commands/sentence';
import { between, duration, timeOf, whole } from './durations';
import { type Run, type Step, type StepRow, STEPS, type StepStatus, stepsOf } from './run';
import { WORDS } from './words';

/** A step as the page shows it. */
export interface StepView {
  readonly key: Step;
  readonly state: StepState;
  readonly title: string;
  readonly what: string;
  readonly aside: string;
}

type Row = StepRow & { readonly step: Step };

export function viewsOf(run: Run, now: number): readonly StepView[] {
  return stepsOf(run).map((row) => ({
    key: row.step,
    state: STATES[row.status ?? 'WAITING'],
    title: titleOf(row),
    what: whatOf(row, run, now),
    aside: lengthOfStep(row, now),
  }));
}

const STATES: Readonly<Record<StepStatus, StepState>> = {
  WAITING: 'wait',
  RUNNING: 'run',
  DONE: 'done',
  UNDOING: 'undoing',
  UNDONE: 'undone',
  FAILED: 'failed',
};

function titleOf({ step, status }: Row): string {
  const words = WORDS[step];
  switch (status) {
    case 'DONE':
      return words.done;
    case 'RUNNING':
      return words.now;
    case 'UNDOING':
      return words.undoing;
    case 'FAILED':
      return words.failed;
    case 'UNDONE':
      return `${words.done}, undone`;
    case 'WAITING':
    case null:
      return words.before;
  }
}

function whatOf(row: Row, run: Run, now: number): string {
  switch (row.status) {
    case 'RUNNING':
      return joined(WORDS[row.step].doing, deadlineOf(row, now));
    case 'DONE':
      return run.status === 'ABANDONED' ? 'It will be undone.' : detailOf(row);
    case 'UNDOING':
      return joined(WORDS[row.step].taking, deadlineOf(row, now));
    case 'UNDONE':
      return joined(sentence(detailOf(row)), undoneAt(row, now));
    case 'FAILED':
      return sentence(row.detail ?? run.reason ?? '');
    case 'WAITING':
    case null:
      return run.status === 'RUNNING' ? (row.detail ?? '') : notStarted(row, run);
  }
}

/** What a step has yielded; of the address of an archive its name is enough. */
function detailOf({ detail }: Row): string {
  const archive = /^s3:\/\/.*?([^/]{4}\.zip)$/.exec(detail ?? '')?.[1];
  return archive ? `Archive …${archive}` : (detail ?? '');
}

const notStarted = ({ step }: Row, { status }: Run): string =>
  status === 'COMPLETED' || step === 'COMPLETION' ? '' : 'Not started';

const undoneAt = ({ undoneAt: at }: Row, now: number): string =>
  at ? `Undone at ${timeOf(at, now)}.` : '';

/** When a step fails by itself; late, that it should have, and that nothing needs to be done. */
function deadlineOf({ deadline, status }: Row, now: number): string {
  if (!deadline || status !== 'RUNNING') return '';
  return now <= Date.parse(deadline)
    ? `If it has not ended by ${timeOf(deadline, now)}, it fails by itself.`
    : `It should have ended by ${timeOf(deadline, now)}: it is being stopped, and what was done is then undone.`;
}

const joined = (...sentences: readonly string[]): string => sentences.filter(Boolean).join(' ');

function lengthOfStep(row: Row, now: number): string {
  if (row.status === 'UNDOING') return '';
  const length = between(row.startedAt, row.endedAt, now);
  if (length === undefined) return '';
  return row.endedAt ? duration(length) : whole(length);
}

export interface Progress {
  readonly done: number;
  readonly of: number;
  /** Of the bar: the running step counts as half. */
  readonly percent: number;
}

export function progressOf(run: Run): Progress {
  const rows = stepsOf(run);
  const done = rows.filter(({ status }) => status === 'DONE').length;
  const half = rows.some(({ status }) => status === 'RUNNING') ? 0.5 : 0;
  return { done, of: STEPS.length, percent: Math.round(((done + half) / STEPS.length) * 100) };
}

/** The step that runs, or else the one that comes next: 1 to 5. */
export function currentStep(run: Run): number {
  const rows = stepsOf(run);
  const running = rows.findIndex(({ status }) => status === 'RUNNING');
  const next = rows.findIndex(({ status }) => status !== 'DONE');
  return (running >= 0 ? running : next >= 0 ? next : STEPS.length - 1) + 1;
}

/** For screen readers: one sentence, said anew only when the run has moved on. */
export function announcement(run: Run): string {
  switch (run.status) {
    case 'RUNNING': {
      const number = currentStep(run);
      const step = STEPS[number - 1]!;
      return `Step ${number} of ${STEPS.length}: ${lower(WORDS[step].now)}.`;
    }
    case 'ABANDONED': {
      const undoing = stepsOf(run).find(({ status }) => status === 'UNDOING');
      const act = undoing ? ` ${WORDS[undoing.step].undoing}.` : '';
      return `${causeOf(run)}. What was done is being undone.${act}`;
    }
    case 'COMPLETED':
      return `All ${STEPS.length} steps are done. The archive is ready to download.`;
    case 'FAILED':
      return `${causeOf(run)}. Everything was undone. You can try again.`;
    case 'NONE':
    case null:
      return '';
  }
}

export const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The headline of a failure. */
export function causeOf({ failedStep }: Pick<Run, 'failedStep'>): string {
  const step = STEPS.find((each) => each === failedStep);
  return step ? WORDS[step].cause : 'The project could not be set up';
}

/** Under the headline of a failure: why, and what was done about it. */
export function consequenceOf(run: Run): string {
  return joined(sentence(run.reason ?? ''), undoing(run));
}

function undoing(run: Run): string {
  if (run.status === 'ABANDONED')
    return 'What was done before is being undone, so that nothing is left behind.';
  const wasUndone = stepsOf(run).some(({ status }) => status === 'UNDONE');
  return wasUndone
    ? 'Everything done before was undone: the project is as you created it.'
    : 'Nothing had been done before: the project is as you created it.';
}

/** How long the whole attempt took, or has taken so far. */
export function lengthOf(run: Run, now: number): string {
  const length = between(run.startedAt, run.endedAt, now);
  if (length === undefined) return '';
  return run.endedAt ? `${duration(length)} in all` : whole(length);
}

/** One line of an earlier attempt: `at Repository, undone`. */
export function summaryOf(run: Run): string {
  const failedAt = placeOf(run);
  const place = failedAt ? `at ${failedAt}` : '';
  return run.status === 'FAILED' ? [place, 'undone'].filter(Boolean).join(', ') : place;
}

/** The step at which an attempt failed, in a word. */
export function placeOf({ failedStep }: Pick<Run, 'failedStep'>): string | undefined {
  const step = STEPS.find((each) => each === failedStep);
  return step && WORDS[step].place;
}
