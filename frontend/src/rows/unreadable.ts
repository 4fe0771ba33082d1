import { type Rows, type Versioned, versionOf } from './rows';

/** A row that is there, but that today's schema cannot show: its id, and its place in lists. */
export interface Unreadable {
  readonly id: string;
  readonly createdAt: string;
  readonly version: number;
  readonly isUnreadable: true;
}

export type Listed<Row> = Row | Unreadable;

export const isUnreadable = (row: object | null): row is Unreadable =>
  row !== null && 'isUnreadable' in row;

export const readableOf = <Row extends object>(rows: readonly Listed<Row>[]): Row[] =>
  rows.filter((row): row is Row => !isUnreadable(row));

export const unreadableOf = <Row extends object>(rows: readonly Listed<Row>[]): Unreadable[] =>
  rows.filter(isUnreadable);

/** Readable rows with the unreadable ones among them, but for those of which something newer is known. */
export function withUnreadable<Row extends Versioned>(
  shown: readonly Row[],
  unreadable: readonly Unreadable[],
  known: Rows<Row>,
): Listed<Row>[] {
  const still = unreadable.filter(({ id, version }) => versionOf(known, id) < version);
  const ids = new Set(still.map(({ id }) => id));
  return [...shown.filter(({ id }) => !ids.has(id)), ...still];
}
