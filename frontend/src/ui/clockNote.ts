/** Below this nobody would notice; the page corrects it all the same. */
const WORTH_SAYING = 60_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** What to say of a clock that is so many milliseconds ahead; nothing when it is about right. */
export function clockNote(ahead: number): string | undefined {
  const wrong = Math.abs(ahead);
  if (wrong < WORTH_SAYING) return undefined;
  const direction = ahead > 0 ? 'fast' : 'slow';
  return `Your computer's clock is ${amount(wrong)} ${direction}. This page goes by the server's time.`;
}

function amount(milliseconds: number): string {
  if (milliseconds < 2 * HOUR) return count(milliseconds / MINUTE, 'minute');
  if (milliseconds < 2 * DAY) return count(milliseconds / HOUR, 'hour');
  return count(milliseconds / DAY, 'day');
}

function count(value: number, unit: string): string {
  const whole = Math.round(value);
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}
