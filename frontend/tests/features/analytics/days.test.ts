import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProjectAnalytics } from '../../../src/api/readModels';
import {
  daysBefore,
  daysUntil,
  perDay,
  rateOf,
  spanInWords,
  sumOf,
} from '../../../src/features/analytics/days';
import { longerThan, rangeOf } from '../../../src/features/analytics/ranges';
import { dayRow } from './rows';

test('days run to the last one, over the ends of months and years', () => {
  expect(daysUntil('2026-03-02', 4)).toEqual([
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
    '2026-03-02',
  ]);
  expect(daysBefore('2027-01-01', 1)).toBe('2026-12-31');
});

test('a day that summer time begins on is one day, as it is in UTC', () => {
  expect(daysUntil('2026-03-30', 3)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
});

test('the days of several projects add up, and a day without rows is nothing', () => {
  const rows = [
    dayRow('2026-11-28', { succeeded: 2, totalEvents: 5 }),
    dayRow('2026-11-28', { id: 'other', projectId: 'p2', failed: 1, totalEvents: 2 }),
  ];
  expect(perDay(rows, ['2026-11-27', '2026-11-28'])).toEqual([
    { day: '2026-11-27', deployments: 0, succeeded: 0, failed: 0, totalEvents: 0 },
    { day: '2026-11-28', deployments: 0, succeeded: 2, failed: 1, totalEvents: 7 },
  ]);
});

test('[R18] whatever is within the days is counted once, in any order of the rows', () => {
  const days = daysUntil('2026-11-28', 5);
  const row = fc.record({
    day: fc.constantFrom(...days, '2026-11-01'),
    deployments: fc.nat(9),
    succeeded: fc.nat(9),
    failed: fc.nat(9),
    totalEvents: fc.nat(99),
  });
  fc.assert(
    fc.property(fc.array(row), (counts) => {
      const rows = counts.map((each, index): ProjectAnalytics =>
        dayRow(each.day, { id: String(index), ...each }),
      );
      const inside = rows.filter(({ day }) => days.includes(day));
      const { deployments, succeeded, failed, totalEvents } = sumOf(inside);
      const found = sumOf(perDay(rows.toReversed(), days));
      expect(found).toEqual({ deployments, succeeded, failed, totalEvents });
    }),
  );
});

test('a rate is of what has ended; without any there is none', () => {
  expect(rateOf({ deployments: 9, succeeded: 3, failed: 1, totalEvents: 0 })).toBe(0.75);
  expect(rateOf({ deployments: 9, succeeded: 0, failed: 0, totalEvents: 9 })).toBeNull();
});

test('a span names its month once, or both', () => {
  expect(spanInWords(daysUntil('2026-11-28', 14))).toBe('15 to 28 November');
  expect(spanInWords(daysUntil('2026-12-03', 7))).toBe('27 November to 3 December');
  expect(spanInWords(daysUntil('2027-01-02', 4))).toBe('30 December to 2 January');
});

test('a range that there is not is the usual one', () => {
  expect(['7d', '30d', '31d', '', null].map(rangeOf)).toEqual([7, 30, 14, 14, 14]);
  expect([7, 14, 30].map((range) => longerThan(rangeOf(`${range}d`)))).toEqual([14, 30, undefined]);
});
