import { useMemo } from 'react';
import uPlot from 'uplot';
import { Chart, type Plan } from './Chart';
import { BY_DAY, ChartPanel, type Column, type Sign } from './ChartPanel';
import type { Colours } from './chartColours';
import { type Day, dayInWords, spanInWords, sumOf } from './days';

const COLUMNS: readonly Column[] = [
  { name: 'Started', value: (day) => String(day.deployments) },
  { name: 'Completed', value: (day) => String(day.succeeded) },
  { name: 'Failed', value: (day) => String(day.failed) },
];
const LEGEND: readonly Sign[] = [
  { colour: 'var(--chart-1)', word: 'Completed' },
  { colour: 'var(--chart-bad)', word: 'Failed, on top' },
];

/** How many deployments ended on each day, and how. */
export function DeploymentsChart({ days }: { days: readonly Day[] }) {
  const names = useMemo(() => days.map(({ day }) => String(Number(day.slice(8)))), [days]);
  const plan = useMemo(() => (colours: Colours) => barsOf(days, colours), [days]);
  return (
    <ChartPanel
      title="Deployments per day"
      by={BY_DAY}
      rows={days}
      columns={COLUMNS}
      legend={LEGEND}
    >
      <Chart label={inWords(days)} names={names} plan={plan} />
    </ChartPanel>
  );
}

/** Bars of all that ended, and over them, in the colour of success, those that succeeded. */
export function barsOf(days: readonly Day[], { good, bad, ground }: Colours): Plan {
  const ended = days.map(({ succeeded, failed }) => succeeded + failed);
  // A bar of nothing would still have an outline.
  const drawn = (counts: readonly number[]): (number | null)[] => counts.map((n) => n || null);
  const paths = uPlot.paths.bars?.({ size: [0.72, 26], radius: 0.08 });
  const bar = { ...(paths && { paths }), points: { show: false }, stroke: ground, width: 1 };
  return {
    data: [
      days.map((_, index) => index),
      drawn(ended),
      drawn(days.map(({ succeeded }) => succeeded)),
    ],
    series: [
      { ...bar, fill: bad },
      { ...bar, fill: good },
    ],
    bounds: [0, Math.max(4, ...ended) * 1.1],
    values: (value) => String(value),
  };
}

export function inWords(days: readonly Day[]): string {
  const { succeeded, failed } = sumOf(days);
  const span = spanInWords(days.map(({ day }) => day));
  const worst = days.reduce((a, b) => (b.failed > a.failed ? b : a));
  const most = failed > 0 ? `; most failures, ${worst.failed}, on ${dayInWords(worst.day)}` : '';
  return `Deployments per day, ${span}: ${succeeded} completed, ${failed} failed${most}`;
}
