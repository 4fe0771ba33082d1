import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Project } from '../../src/api/readModels';
import { SHELVES, shelvesPage } from '../../src/api/shelves';
import { PROJECT } from '../features/fakes';

const project = (number: number, minute: number): Project => ({
  ...PROJECT,
  id: `p${String(number).padStart(3, '0')}`,
  createdAt: new Date(Date.UTC(2026, 0, 2, 12, minute)).toISOString(),
  templateName: number % 3 ? 'Worker' : 'React',
});

/** All rows of the shelves, page after page. */
async function read(rows: Project[], limit: number, oldestFirst: boolean, wanted = {}) {
  const ordered = [...rows].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  if (!oldestFirst) ordered.reverse();
  const found: string[] = [];
  let nextToken: string | null = null;
  for (let page = 0; page === 0 || nextToken; page++) {
    expect(page).toBeLessThan(200);
    const answer = await shelvesPage({ limit, nextToken }, oldestFirst, wanted, (shelf, at) => {
      const here = ordered.filter((row) => Number(row.id.slice(1)) % SHELVES === shelf);
      const from = here.filter(({ createdAt }) => {
        if (!at.createdAt) return true;
        return 'le' in at.createdAt ? createdAt <= at.createdAt.le : createdAt >= at.createdAt.ge;
      });
      const nextToken = from.length > at.limit ? 'more' : null;
      return Promise.resolve({ rows: from.slice(0, at.limit), nextToken });
    });
    expect(answer.rows.length).toBeLessThanOrEqual(limit);
    found.push(...answer.rows.map(({ id }) => id));
    nextToken = answer.nextToken;
  }
  return found;
}

const MINUTES = fc.array(fc.nat(59), { maxLength: 80 });

test('[R9] pages hold every row of all shelves once, in the order of creation', async () => {
  await fc.assert(
    fc.asyncProperty(
      MINUTES,
      fc.constantFrom(1, 3, 21, 100),
      fc.boolean(),
      async (minutes, limit, oldestFirst) => {
        const rows = minutes.map((minute, number) => project(number, minute));
        const place = ({ createdAt, id }: Project) => `${createdAt}#${id}`;
        const ordered = rows.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
        if (!oldestFirst) ordered.reverse();
        expect(await read(rows, limit, oldestFirst)).toEqual(ordered.map(({ id }) => id));
      },
    ),
  );
});

test('[R29] a filter leaves out rows and loses none', async () => {
  const rows = Array.from({ length: 50 }, (_, number) => project(number, number));
  const found = await read(rows, 4, false, { templateName: 'React', provisioning: undefined });
  const wanted = rows.filter(({ templateName }) => templateName === 'React').map(({ id }) => id);
  expect(found.toSorted()).toEqual(wanted);
});
