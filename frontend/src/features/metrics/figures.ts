import { percent } from '../project/percent';

const NOTHING = '–';

/** Such as "48 ms" or "1.2 s". */
export function milliseconds(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  return value < 1000 ? `${Math.round(value)} ms` : `${Number((value / 1000).toFixed(1))} s`;
}

export const share = (value: number | undefined): string =>
  value === undefined ? NOTHING : percent(value);
