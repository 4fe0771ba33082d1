/** How many days are looked at: `range` in the address. */
export const RANGES = [7, 14, 30] as const;

export type Range = (typeof RANGES)[number];

const USUAL: Range = 14;

export const wordOf = (range: Range): string => `${range}d`;

export const rangeOf = (word: string | null): Range =>
  RANGES.find((range) => wordOf(range) === word) ?? USUAL;

/** The next longer one, for those who find nothing. */
export const longerThan = (range: Range): Range | undefined =>
  RANGES.find((longer) => longer > range);
