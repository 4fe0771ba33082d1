import { describe, expect, test } from 'vitest';
import { costOf, countsOf, findingsOf, grouped, money } from '../../src/features/analysis/report';

const FINDINGS = JSON.stringify([
  { kind: 'RISK', severity: 'INFO', title: 'No limit', detail: '' },
  {
    kind: 'MISSING_FEATURE',
    severity: 'WARNING',
    title: 'No alarm',
    detail: 'x',
    feature: 'alarms',
  },
  { kind: 'RISK', severity: 'CRITICAL', title: '<b>Open</b>', detail: 'y' },
  { kind: 'LATER', severity: 'ODD', title: 'Unknown', detail: 5 },
]);

describe('an analysis', () => {
  test('has its findings by kind, the gravest first', () => {
    const groups = grouped(findingsOf({ findings: FINDINGS }));
    const titles = groups.map(({ heading, findings }) => [heading, findings.map((f) => f.title)]);
    expect(titles).toEqual([
      ['Risks', ['<b>Open</b>', 'No limit']],
      ['Missing features', ['No alarm']],
      ['Further findings', ['Unknown']],
    ]);
    expect(countsOf(findingsOf({ findings: FINDINGS }))).toBe('1 critical, 1 warning, 2 hints');
  });

  test.each([null, 'not json', '{"a": 1}', '[1, null]'])('has none in %s', (findings) => {
    expect(findingsOf({ findings })).toEqual([]);
    expect(countsOf([])).toBe('Nothing was found');
  });

  test('has the cost of a month with its lines', () => {
    const monthlyCost = JSON.stringify({
      total: 14,
      lines: [{ service: 'API', what: '1 M requests', amount: 4.2 }, { service: 'x' }],
    });
    expect(costOf({ monthlyCost })).toEqual({
      total: 14,
      lines: [
        { service: 'API', what: '1 M requests', amount: 4.2 },
        { service: 'x', what: '', amount: 0 },
      ],
    });
    expect(money(1234.5)).toBe('$1,234.50');
  });

  test.each([null, '', '{"total": "much"}', '[]'])('has no cost in %s', (monthlyCost) => {
    expect(costOf({ monthlyCost })).toBeUndefined();
  });
});
