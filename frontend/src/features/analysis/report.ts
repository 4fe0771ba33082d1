import type { Analysis } from '../../api/readModels';
import { plainWithin } from '../../ui/plain';
import type { Tone } from '../../ui/StateBadge';
import { readJson } from '../templates/json';

export type Severity = 'CRITICAL' | 'WARNING' | 'INFO';

export interface Finding {
  readonly kind: string;
  readonly severity: Severity;
  readonly title: string;
  readonly detail: string;
  readonly feature: string | undefined;
}

export interface MonthlyCost {
  readonly total: number;
  readonly lines: readonly CostLine[];
}

export interface CostLine {
  readonly service: string;
  readonly what: string;
  readonly amount: number;
}

export const SEVERITIES: Record<Severity, { readonly word: string; readonly tone: Tone }> = {
  CRITICAL: { word: 'Critical', tone: 'bad' },
  WARNING: { word: 'Warning', tone: 'warn' },
  INFO: { word: 'Hint', tone: 'off' },
};

/** The order in which kinds of findings are shown, under their headings. */
const HEADINGS: readonly (readonly [kind: string, heading: string])[] = [
  ['RISK', 'Risks'],
  ['MISSING_FEATURE', 'Missing features'],
  ['RUNTIME', 'Runtime'],
  ['COST', 'Cost'],
];
const OTHERS = 'Further findings';

/** What a row holds as JSON. What was written by a model is text, whatever it looks like. */
export function findingsOf({ findings }: Pick<Analysis, 'findings'>): Finding[] {
  const found = parsed(findings);
  return (Array.isArray(found) ? found : []).filter(isObject).map((finding) => ({
    kind: textOf(finding.kind),
    severity: severityOf(finding.severity),
    title: textOf(finding.title),
    detail: textOf(finding.detail),
    feature: textOf(finding.feature) || undefined,
  }));
}

export interface Group {
  readonly heading: string;
  readonly findings: readonly Finding[];
}

/** By kind, the gravest first within each. */
export function grouped(findings: readonly Finding[]): Group[] {
  const kinds = new Set(HEADINGS.map(([kind]) => kind));
  const groups = HEADINGS.map(([kind, heading]) => ({
    heading,
    findings: findings.filter((finding) => finding.kind === kind),
  }));
  const others = findings.filter(({ kind }) => !kinds.has(kind));
  return [...groups, { heading: OTHERS, findings: others }]
    .filter(({ findings: some }) => some.length > 0)
    .map((group) => ({ ...group, findings: [...group.findings].sort(byGravity) }));
}

const ORDER = Object.keys(SEVERITIES);

const byGravity = (a: Finding, b: Finding): number =>
  ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity);

export function costOf({ monthlyCost }: Pick<Analysis, 'monthlyCost'>): MonthlyCost | undefined {
  const cost = parsed(monthlyCost);
  if (!isObject(cost) || typeof cost.total !== 'number') return undefined;
  const lines = (Array.isArray(cost.lines) ? cost.lines : []).filter(isObject);
  return {
    total: cost.total,
    lines: lines.map(({ service, what, amount }) => ({
      service: textOf(service),
      what: textOf(what),
      amount: Number(amount) || 0,
    })),
  };
}

const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });

export const money = (amount: number): string => dollars.format(amount);

/** How many findings of each severity, in words. */
export function countsOf(findings: readonly Finding[]): string {
  const counts = ORDER.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const word = SEVERITIES[severity as Severity].word.toLowerCase();
    return count === 0 ? '' : `${count} ${word}${count === 1 || word === 'critical' ? '' : 's'}`;
  });
  return counts.filter(Boolean).join(', ') || 'Nothing was found';
}

const parsed = (value: unknown): unknown => plainWithin(readJson(value));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const severityOf = (value: unknown): Severity =>
  ORDER.includes(value as string) ? (value as Severity) : 'INFO';
