import type { ModelName, Models, Unsubscribe } from '../api/readModels';
import { plainRow } from './plainRow';
import { type Delivery, noRows, receive, type Rows } from './rows';
import { type Listed, readableOf } from './unreadable';

function plainDelivery<Name extends ModelName>(
  name: Name,
  delivery: Delivery<Models[Name]>,
): Delivery<Models[Name]> {
  return delivery.kind === 'deleted'
    ? { kind: 'deleted', row: plainRow(name, delivery.row) }
    : { kind: 'seen', rows: delivery.rows.map((row) => plainRow(name, row)) };
}

/**
 * Every row that this page has heard of, whether a reading or a subscription told of it.
 * Readings remember at most ids, their order, and what cannot be shown; what is shown is always the newest known here.
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
    const after = receive<Models[Name]>(before, plainDelivery(name, delivery));
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

  /** What a reading answered; what cannot be read is known to the reading alone. */
  readonly seen = <Name extends ModelName>(
    name: Name,
    rows: readonly Listed<Models[Name]>[],
  ): void => this.deliver(name, { kind: 'seen', rows: readableOf(rows) });

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}
