const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** `0.2 s`, `21 s`, `2 min 5 s`: what a person compares at a glance. */
export function duration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < 10 * SECOND) return `${(Math.floor(length / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(length / SECOND);
  if (length < MINUTE) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest > 0 ? ` ${rest} s` : ''}`;
}

/** Whole seconds, for what is counted while one looks at it. */
export const whole = (milliseconds: number): string =>
  duration(Math.floor(Math.max(0, milliseconds) / SECOND) * SECOND).replace('.0', '');

/** Milliseconds from one time to the other, or to now; undefined before it has begun. */
export function between(
  start: string | null | undefined,
  end: string | null | undefined,
  now: number,
): number | undefined {
  if (!start) return undefined;
  return Math.max(0, (end ? Date.parse(end) : now) - Date.parse(start));
}

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });

/** `20:13:12`; with the day where that is not today: `28 November, 20:13:12`. */
export function timeOf(at: string, now: number): string {
  const time = Date.parse(at);
  const isToday = new Date(time).toDateString() === new Date(now).toDateString();
  return isToday ? clock.format(time) : `${day.format(time)}, ${clock.format(time)}`;
}
