/** Days of UTC, as the rows have them, and what happened on them. */
import type { ProjectAnalytics } from '../../api/readModels';

const DAY = 24 * 60 * 60 * 1000;

export interface Counts {
  readonly deployments: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly totalEvents: number;
}

export interface Day extends Counts {
  /** Such as 2026-01-31. */
  readonly day: string;
}

export const NOTHING: Counts = { deployments: 0, succeeded: 0, failed: 0, totalEvents: 0 };

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

export const daysBefore = (day: string, days: number): string =>
  dayOf(Date.parse(day) - days * DAY);

/** As many days as are wanted, with the last one at the end. */
export const daysUntil = (last: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => daysBefore(last, count - 1 - index));

export const sumOf = (counts: readonly Counts[]): Counts => counts.reduce(plus, NOTHING);

function plus(a: Counts, b: Counts): Counts {
  return {
    deployments: a.deployments + b.deployments,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    totalEvents: a.totalEvents + b.totalEvents,
  };
}

/** What happened on each of the days, to all projects together; nothing where there is no row. */
export function perDay(rows: readonly ProjectAnalytics[], days: readonly string[]): Day[] {
  const found = new Map<string, Counts>();
  for (const row of rows) found.set(row.day, plus(found.get(row.day) ?? NOTHING, row));
  return days.map((day) => ({ ...(found.get(day) ?? NOTHING), day }));
}

/** The share of those that ended which succeeded; null when none has ended. */
export function rateOf({ succeeded, failed }: Counts): number | null {
  const ended = succeeded + failed;
  return ended === 0 ? null : succeeded / ended;
}

const words = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long' });

export const dayInWords = (day: string): string => words.format(Date.parse(day));

/** "15 to 28 November", or with both months where they differ. */
export function spanInWords(days: readonly string[]): string {
  const [first, last] = [days[0] ?? '', days.at(-1) ?? ''];
  const isOneMonth = first.slice(0, 7) === last.slice(0, 7);
  const begin = isOneMonth ? String(Number(first.slice(8))) : dayInWords(first);
  return `${begin} to ${dayInWords(last)}`;
}
