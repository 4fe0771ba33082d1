/** Minutes of UTC, as the rows of metrics have them, and what was measured in them. */
import type { Metric } from '../../api/readModels';

const MINUTE = 60_000;
/** How many minutes are shown: one can see at a glance whether something has changed. */
export const SHOWN = 60;

/** What was measured in one minute, by the names of metrics; a metric without data is left out. */
export interface Minute {
  /** Such as 2026-01-31T10:30:00.000Z. */
  readonly minute: string;
  readonly values: ReadonlyMap<string, number>;
}

/** The minutes that are over, as many as are shown, the last one at the end. */
export function minutesUntil(now: number): string[] {
  const present = Math.floor(now / MINUTE);
  return Array.from({ length: SHOWN }, (_, index) =>
    new Date((present - SHOWN + index) * MINUTE).toISOString(),
  );
}

export function perMinute(rows: readonly Metric[], minutes: readonly string[]): Minute[] {
  const found = new Map(minutes.map((minute) => [minute, new Map<string, number>()]));
  for (const { timestamp, name, value } of rows) found.get(timestamp)?.set(name, value);
  return minutes.map((minute) => ({ minute, values: found.get(minute) ?? new Map() }));
}

/** The values of a metric, null where nothing was measured. */
export const valuesOf = (minutes: readonly Minute[], name: string): (number | null)[] =>
  minutes.map(({ values }) => values.get(name) ?? null);

const words = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
});

export const minuteInWords = (minute: string): string => words.format(Date.parse(minute));
