/** Faults on demand: each rate is a probability, drawn from one seeded sequence. */
import { setTimeout as delay } from 'node:timers/promises';

export interface FaultRates {
  /** A read shows the item as it was before its last write, for up to `staleWindowMs`. */
  staleReads: number;
  staleWindowMs: number;
  /** A subscription frame is sent twice, held back for less than `reorderWindowMs`, or lost. */
  duplicateFrames: number;
  reorderFrames: number;
  reorderWindowMs: number;
  dropFrames: number;
  /** A request is answered 429. */
  throttle: number;
  /** A mutation is done, and answered 500. */
  ambiguous: number;
  /** Added to each request: exactly, or drawn from a range. */
  latencyMs: number | [number, number];
  seed: number;
}

export const NO_FAULTS: FaultRates = {
  staleReads: 0,
  staleWindowMs: 1000,
  duplicateFrames: 0,
  reorderFrames: 0,
  reorderWindowMs: 300,
  dropFrames: 0,
  throttle: 0,
  ambiguous: 0,
  latencyMs: 0,
  seed: 1,
};

const PROBABILITIES = [
  'staleReads',
  'duplicateFrames',
  'reorderFrames',
  'dropFrames',
  'throttle',
  'ambiguous',
] as const;

type Probability = (typeof PROBABILITIES)[number];

export class FaultsError extends Error {}

/** Reads `{staleReads: 0.2, …}`; what is not named is off. Throws FaultsError. */
export function parseFaults(value: unknown): FaultRates {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FaultsError('faults are an object of rates');
  }
  const unknown = Object.keys(value).filter((name) => !(name in NO_FAULTS));
  if (unknown.length > 0) {
    throw new FaultsError(
      `unknown faults: ${unknown.join(', ')}; known are ${Object.keys(NO_FAULTS).join(', ')}`,
    );
  }
  return checked({ ...NO_FAULTS, ...(value as Partial<FaultRates>) });
}

function checked(rates: FaultRates): FaultRates {
  const wrong = PROBABILITIES.filter((name) => !isProbability(rates[name]));
  if (wrong.length > 0) {
    throw new FaultsError(`not between 0 and 1: ${wrong.join(', ')}`);
  }
  const { latencyMs, staleWindowMs, reorderWindowMs, seed } = rates;
  if (![...range(latencyMs), staleWindowMs, reorderWindowMs, seed].every(isNatural)) {
    throw new FaultsError(
      'latencyMs, staleWindowMs, reorderWindowMs and seed are whole numbers, latencyMs possibly a pair of them',
    );
  }
  return rates;
}

function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isNatural(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function range(latency: FaultRates['latencyMs']): [number, number] {
  return Array.isArray(latency) ? latency : [latency, latency];
}

export class Faults {
  rates: FaultRates;
  private random: () => number;

  constructor(rates: FaultRates = NO_FAULTS) {
    this.rates = rates;
    this.random = mulberry32(rates.seed);
  }

  set(rates: FaultRates): void {
    this.rates = rates;
    this.random = mulberry32(rates.seed);
  }

  strikes(fault: Probability): boolean {
    return this.rates[fault] > 0 && this.random() < this.rates[fault];
  }

  /** A duration below `limit`, from the same sequence. */
  milliseconds(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  async slowDown(): Promise<void> {
    const [least, most] = range(this.rates.latencyMs);
    if (most > 0) {
      await delay(least + this.milliseconds(most - least + 1));
    }
  }
}

/** A small, well-known generator: equal seeds give equal faults. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
