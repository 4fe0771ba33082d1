import { plainWithin } from '../../ui/plain';
import { readJson } from '../templates/json';

/** What the page needs of an attempt's row; GraphQL gives null for what is not there. */
export interface Run {
  readonly attempt: number;
  readonly status: RunStatus | null;
  /** JSON: a list of `StepRow`. */
  readonly steps?: unknown;
  readonly reason?: string | null;
  readonly failedStep?: string | null;
  /** The analysis that the attempt has made. */
  readonly analysisId?: string | null;
  readonly startedAt?: string | null;
  readonly endedAt?: string | null;
}

export type RunStatus = 'NONE' | 'RUNNING' | 'ABANDONED' | 'COMPLETED' | 'FAILED';

export interface StepRow {
  readonly step: string | null;
  readonly status: StepStatus | null;
  readonly startedAt?: string | null;
  readonly endedAt?: string | null;
  readonly undoneAt?: string | null;
  readonly detail?: string | null;
  /** When the step fails by itself. */
  readonly deadline?: string | null;
}

export type StepStatus = 'WAITING' | 'RUNNING' | 'DONE' | 'UNDOING' | 'UNDONE' | 'FAILED';

export const STEPS = ['TEMPLATE', 'ANALYSIS', 'REPOSITORY', 'CONFIGURATION', 'COMPLETION'] as const;
export type Step = (typeof STEPS)[number];

export const isUnderWay = ({ status }: Pick<Run, 'status'>): boolean =>
  status === 'RUNNING' || status === 'ABANDONED';

/** The rows of the five steps, in their order; one that is not there yet waits. */
export function stepsOf({ steps }: Run): readonly (StepRow & { readonly step: Step })[] {
  const rows = plainWithin(readJson(steps));
  const known = Array.isArray(rows) ? (rows as readonly (StepRow | null)[]) : [];
  return STEPS.map((step) => ({
    ...(known.find((row) => row?.step === step) ?? { status: 'WAITING' as const }),
    step,
  }));
}

export const newestFirst = <Row extends Pick<Run, 'attempt'>>(runs: readonly Row[]): Row[] =>
  runs.toSorted((a, b) => b.attempt - a.attempt);
