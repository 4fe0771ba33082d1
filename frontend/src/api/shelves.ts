import { isUnreadable, type Listed } from '../rows/unreadable';
import type { PageAt, Project, RowPage } from './readModels';

/** Partitions among which everybody's projects are spread: `SHELVES` in src/projections/projects.py. */
export const SHELVES = 4;
/** Rows of one shelf with the same time, which a page does not part. */
const TIES = 10;

interface ShelfAt {
  readonly limit: number;
  readonly createdAt: { readonly le: string } | { readonly ge: string } | undefined;
}

/** Rows of one shelf, in the order of their creation. */
type ReadShelf = (number: number, at: ShelfAt) => Promise<RowPage<Project>>;

type Fields = Partial<Record<keyof Project, string | null | undefined>>;

/** The place of a row in the whole list; the token of a page is that of its last row. */
const placeOf = ({ createdAt, id }: Listed<Project>): string => `${createdAt}#${id}`;

/** A page of all shelves, as if they were one list; of what it finds, only what fits is on it. */
export async function shelvesPage(
  { limit, nextToken }: PageAt,
  oldestFirst: boolean,
  wanted: Fields,
  read: ReadShelf,
): Promise<RowPage<Project>> {
  const isBefore = (a: string, b: string): boolean => (oldestFirst ? a < b : a > b);
  const at = { limit: Math.ceil(limit / 2) + TIES, createdAt: behind(nextToken, oldestFirst) };
  const pages = await Promise.all([...Array(SHELVES).keys()].map((number) => read(number, at)));
  // Rows as old as the last that was read of a shelf may have others of that time beside them.
  const ends = pages.filter((page) => page.nextToken).map(({ rows }) => rows.at(-1)?.createdAt);
  const end = ends
    .filter((time) => time !== undefined)
    .reduce<string | undefined>((a, b) => (a === undefined || isBefore(b, a) ? b : a), undefined);
  const following = pages
    .flatMap(({ rows }) => rows)
    .filter((row) => nextToken === null || isBefore(nextToken, placeOf(row)))
    .filter(({ createdAt }) => end === undefined || isBefore(createdAt, end))
    .sort((a, b) => (isBefore(placeOf(a), placeOf(b)) ? -1 : 1));
  const shown = following.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = end !== undefined || following.length > limit;
  const token = last ? placeOf(last) : `${end}#${oldestFirst ? '' : '~'}`;
  return {
    rows: shown.filter((row) => isUnreadable(row) || fits(row, wanted)),
    nextToken: hasMore ? token : null,
  };
}

function behind(token: string | null, oldestFirst: boolean): ShelfAt['createdAt'] {
  if (token === null) return undefined;
  const time = token.slice(0, token.indexOf('#'));
  return oldestFirst ? { ge: time } : { le: time };
}

const fits = (row: Project, wanted: Fields): boolean =>
  Object.entries(wanted).every(([field, value]) => !value || row[field as keyof Project] === value);
