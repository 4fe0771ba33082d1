import type { ModelName, Models, Unsubscribe } from '../api/readModels';
import { type Delivery, noRows, receive, type Rows } from './rows';

/**
 * Every row that this page has heard of, whether a reading or a subscription told of it.
 * Readings remember ids and order only (rows/useRead.ts); what is shown is always the newest known here.
 */
export class RowStore {
  #tables: ReadonlyMap<ModelName, Rows<never>> = new Map();
  readonly #watches = new Map<ModelName, { users: number; readonly close: Unsubscribe }>();
  readonly #listeners = new Set<() => void>();

  readonly rows = <Name extends ModelName>(name: Name): Rows<Models[Name]> =>
    this.#tables.get(name) ?? noRows;

  readonly deliver = <Name extends ModelName>(
    name: Name,
    delivery: Delivery<Models[Name]>,
  ): void => {
    const before = this.rows(name);
    const after = receive<Models[Name]>(before, delivery);
    if (after === before) return;
    this.#tables = new Map(this.#tables).set(name, after as Rows<never>);
    this.#listeners.forEach((listener) => listener());
  };

  /** Opens the subscriptions of a model for the first who wants them; they close with the last. */
  readonly watchOnce = (name: ModelName, open: () => Unsubscribe): Unsubscribe => {
    const watch = this.#watches.get(name) ?? { users: 0, close: open() };
    watch.users++;
    this.#watches.set(name, watch);
    return () => {
      if (--watch.users > 0) return;
      this.#watches.delete(name);
      watch.close();
    };
  };

  /** What a reading answered. */
  readonly seen = <Name extends ModelName>(name: Name, rows: readonly Models[Name][]): void =>
    this.deliver(name, { kind: 'seen', rows });

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}
