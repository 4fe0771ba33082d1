const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The time between two moments, in its two largest units: "3 min 12 s". */
export function took(from: string, to: string): string {
  const time = Math.max(0, Date.parse(to) - Date.parse(from));
  if (time < SECOND) return `${time} ms`;
  if (time < MINUTE) return `${Math.round(time / SECOND)} s`;
  if (time < HOUR) return `${Math.floor(time / MINUTE)} min ${two((time % MINUTE) / SECOND)} s`;
  return `${Math.floor(time / HOUR)} h ${two((time % HOUR) / MINUTE)} min`;
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
