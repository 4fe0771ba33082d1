import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Delivery, noRows, receive, type Rows, visible, versionOf } from '../../src/rows/rows';

interface Row {
  readonly id: string;
  readonly version: number;
  readonly projectionVersion: number;
  readonly status: string;
  readonly name: string;
}

/** As a projection writes it: what a row says is fixed by its id and both versions. */
function row(id: string, version: number, projectionVersion = 1, status = 'ACTIVE'): Row {
  return { id, version, projectionVersion, status, name: `${id}.${version}.${projectionVersion}` };
}

const seen = (...rows: Row[]): Delivery<Row> => ({ kind: 'seen', rows });
const deleted = (each: Row): Delivery<Row> => ({ kind: 'deleted', row: each });
const after = (...deliveries: Delivery<Row>[]): Rows<Row> =>
  deliveries.reduce(receive<Row>, noRows);
const names = (rows: Rows<Row>): string[] => visible(rows).map(({ name }) => name);

const someRow = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    version: fc.integer({ min: 1, max: 6 }),
    projectionVersion: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ id, version, projectionVersion }) =>
    row(id, version, projectionVersion, version === 6 ? 'DELETED' : 'ACTIVE'),
  );

const delivery: fc.Arbitrary<Delivery<Row>> = fc.oneof(
  { weight: 4, arbitrary: someRow.map((each) => seen(each)) },
  { weight: 2, arbitrary: fc.array(someRow, { maxLength: 5 }).map((rows) => seen(...rows)) },
  { weight: 1, arbitrary: someRow.map(deleted) },
);

/** The same deliveries in another order, some of them twice. */
const jumbled = fc.array(delivery, { maxLength: 12 }).chain((deliveries) =>
  fc
    .subarray(deliveries)
    .chain((repeated) => {
      const all = [...deliveries, ...repeated];
      return fc.shuffledSubarray(all, { minLength: all.length });
    })
    .map((shuffled) => ({ deliveries, shuffled })),
);

describe('any order and repetition of deliveries', () => {
  test('[R34, W13] gives the same rows', () => {
    fc.assert(
      fc.property(jumbled, ({ deliveries, shuffled }) => {
        expect(sorted(after(...shuffled))).toEqual(sorted(after(...deliveries)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('[R34] gives the newest version of each row that was ever said', () => {
    fc.assert(
      fc.property(fc.array(someRow, { minLength: 1 }), (rows) => {
        const known = after(...rows.map((each) => seen(each)));
        for (const { id } of rows) {
          const versions = rows.filter((each) => each.id === id).map(({ version }) => version);
          expect(versionOf(known, id)).toBe(Math.max(...versions));
        }
      }),
    );
  });

  test('never takes a row back to an older version', () => {
    fc.assert(
      fc.property(fc.array(delivery), delivery, (before, next) => {
        const rows = after(...before);
        const then = receive(rows, next);
        for (const id of rows.keys()) {
          expect(versionOf(then, id)).toBeGreaterThanOrEqual(versionOf(rows, id));
        }
      }),
    );
  });

  test('says nothing new the second time, so that nothing is drawn again', () => {
    fc.assert(
      fc.property(fc.array(delivery), (deliveries) => {
        const rows = after(...deliveries);
        for (const each of deliveries) expect(receive(rows, each)).toBe(rows);
      }),
    );
  });
});

describe('one row', () => {
  test('a create that comes after its update changes nothing', () => {
    expect(names(after(seen(row('a', 2)), seen(row('a', 1))))).toEqual(['a.2.1']);
  });

  test('an update of a row never heard of shows it', () => {
    expect(names(after(seen(row('a', 7))))).toEqual(['a.7.1']);
  });

  test('an update that comes after the deletion does not bring it back', () => {
    expect(names(after(deleted(row('a', 3)), seen(row('a', 3)), seen(row('a', 2))))).toEqual([]);
  });

  test('a row made again after its deletion shows', () => {
    expect(names(after(deleted(row('a', 3)), seen(row('a', 4))))).toEqual(['a.4.1']);
  });

  test('status DELETED hides it, and an older version does not bring it back', () => {
    const gone = row('a', 3, 1, 'DELETED');
    expect(names(after(seen(row('a', 2)), seen(gone), seen(row('a', 2))))).toEqual([]);
    expect(versionOf(after(seen(gone)), 'a')).toBe(3);
  });

  test('within one version a newer projection replaces an older one, never the reverse', () => {
    expect(names(after(seen(row('a', 2, 1)), seen(row('a', 2, 2))))).toEqual(['a.2.2']);
    expect(names(after(seen(row('a', 2, 2)), seen(row('a', 2, 1))))).toEqual(['a.2.2']);
  });

  test('a list that holds a row twice yields the newer', () => {
    expect(names(after(seen(row('a', 3), row('a', 1))))).toEqual(['a.3.1']);
  });

  test('a list from an index that lags neither removes nor overwrites', () => {
    const live = after(seen(row('a', 2), row('b', 1)));
    expect(receive(live, seen(row('a', 1)))).toBe(live);
  });
});

const sorted = (rows: Rows<Row>) => [...rows].sort(([a], [b]) => a.localeCompare(b));
