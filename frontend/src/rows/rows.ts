/**
 * The rows of one read model as this page knows them.
 *
 * Subscriptions may deliver twice, late or in another order, and a list may come from an index that lags.
 * So a delivery is never applied as a step: each row is the greatest of all that was ever said about its id.
 * Taking the greater is commutative, associative and idempotent, hence no order or repetition can matter.
 */
export interface Versioned {
  readonly id: string;
  readonly version: number;
  readonly projectionVersion: number;
}

interface Known<Row extends Versioned> {
  readonly row: Row;
  readonly deleted: boolean;
}

export type Rows<Row extends Versioned> = ReadonlyMap<string, Known<Row>>;

export type Delivery<Row extends Versioned> =
  | { readonly kind: 'seen'; readonly rows: readonly Row[] }
  | { readonly kind: 'deleted'; readonly row: Row };

export const noRows: Rows<never> = new Map<string, Known<never>>();

export function receive<Row extends Versioned>(
  rows: Rows<Row>,
  delivery: Delivery<Row>,
): Rows<Row> {
  const news = said(delivery).filter((known) => isNews(rows, known));
  return news.length === 0 ? rows : news.reduce(learn, new Map(rows));
}

/** What is shown: neither deleted rows nor those whose project or service was. */
export function visible<Row extends Versioned & { readonly status: string }>(
  rows: Rows<Row>,
): Row[] {
  return [...rows.values()]
    .filter((known) => !known.deleted && known.row.status !== 'DELETED')
    .map((known) => known.row);
}

/** Rows that have no status: all but deleted ones. */
export function present<Row extends Versioned>(rows: Rows<Row>): Row[] {
  return [...rows.values()].filter((known) => !known.deleted).map((known) => known.row);
}

/** The version this page has reached for a row, deleted ones included; 0 for one never heard of. */
export function versionOf<Row extends Versioned>(rows: Rows<Row>, id: string): number {
  return rows.get(id)?.row.version ?? 0;
}

function said<Row extends Versioned>(delivery: Delivery<Row>): Known<Row>[] {
  return delivery.kind === 'deleted'
    ? [{ row: delivery.row, deleted: true }]
    : delivery.rows.map((row) => ({ row, deleted: false }));
}

function learn<Row extends Versioned>(
  rows: Map<string, Known<Row>>,
  known: Known<Row>,
): Map<string, Known<Row>> {
  // Asked again here, because one list may hold two versions of a row.
  return isNews(rows, known) ? rows.set(known.row.id, known) : rows;
}

function isNews<Row extends Versioned>(rows: Rows<Row>, known: Known<Row>): boolean {
  const before = rows.get(known.row.id);
  return before === undefined || isNewer(known, before);
}

/** By version; within one by the code that folded it; a deletion is the last word on both. */
function isNewer(a: Known<Versioned>, b: Known<Versioned>): boolean {
  const difference =
    a.row.version - b.row.version ||
    a.row.projectionVersion - b.row.projectionVersion ||
    Number(a.deleted) - Number(b.deleted);
  return difference > 0;
}
