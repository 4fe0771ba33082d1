/** What items were before their last write, so that reads can be as stale as DynamoDB allows. */
import { isDeepStrictEqual } from 'node:util';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import type { Faults } from './faults';

type Attributes = Record<string, AttributeValue>;

interface Entry {
  current: Attributes | undefined;
  previous: Attributes | undefined;
  /** False while only one write has been seen, and so nothing is known of the time before. */
  hasPrevious: boolean;
  writtenAt: number;
}

/** Enough for the writes of the last seconds; older ones are never served. */
const MOST_ENTRIES = 2000;

export class History {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly faults: Faults,
    private readonly keyNames: string[],
    private readonly now: () => number = Date.now,
  ) {}

  write(key: Attributes, item: Attributes | undefined): void {
    const name = this.nameOf(key);
    const before = this.entries.get(name);
    this.entries.delete(name);
    this.entries.set(name, {
      current: item,
      previous: before?.current,
      hasPrevious: before !== undefined,
      writtenAt: this.now(),
    });
    this.forgetOldest();
  }

  /** The item, or with the fault on, what it was before. */
  read(key: Attributes, item: Attributes | undefined): Attributes | undefined {
    const entry = this.staleEntry(key);
    return entry === undefined ? item : entry.previous;
  }

  /**
   * A page of a query; an item that did not exist before is left out. One that was in another
   * partition of the index is shown as it is now: `fixed` names the attributes that found it.
   */
  readAll(items: Attributes[], fixed: string[]): Attributes[] {
    const stale = items.map((item) => {
      const before = this.read(item, item);
      return before === undefined ||
        fixed.every((name) => isDeepStrictEqual(before[name], item[name]))
        ? before
        : item;
    });
    return stale.filter((item) => item !== undefined);
  }

  private staleEntry(key: Attributes): Entry | undefined {
    const entry = this.entries.get(this.nameOf(key));
    if (
      entry === undefined ||
      !entry.hasPrevious ||
      this.now() - entry.writtenAt > this.faults.rates.staleWindowMs
    ) {
      return undefined;
    }
    return this.faults.strikes('staleReads') ? entry : undefined;
  }

  private nameOf(key: Attributes): string {
    return JSON.stringify(this.keyNames.map((name) => key[name]));
  }

  private forgetOldest(): void {
    for (const name of this.entries.keys()) {
      if (this.entries.size <= MOST_ENTRIES) {
        return;
      }
      this.entries.delete(name);
    }
  }
}
