import { useMemo } from 'react';
import { Chart, type Plan } from '../analytics/Chart';
import { ChartPanel, type Column, type Sign } from '../analytics/ChartPanel';
import type { Colours } from '../analytics/chartColours';
import { milliseconds } from './figures';
import { type Minute, minuteInWords, valuesOf } from './minutes';
import { BY_MINUTE } from './byMinute';

const LINES = [
  { name: 'CommandLatency', word: 'Command' },
  { name: 'ConsistencyLag', word: 'Commit to row' },
  { name: 'QueryLatency', word: 'Query' },
] as const;
const COLUMNS: readonly Column<Minute>[] = [
  ['Command', 'CommandLatency'],
  ['Commit to bus', 'PublishLatency'],
  ['Commit to projector', 'EventPropagationLatency'],
  ['Commit to row', 'ConsistencyLag'],
  ['Query', 'QueryLatency'],
].map(([name = '', metric = '']) => ({
  name,
  value: ({ values }) => milliseconds(values.get(metric)),
}));
const LEGEND: readonly Sign[] = [
  { colour: 'var(--chart-1)', word: 'Command' },
  { colour: 'var(--ink-soft)', word: 'Commit to row' },
  { colour: 'var(--chart-bad)', word: 'Query, dashed' },
];

/** How long 99 of 100 took at most, in each minute. */
export function LatencyChart({ minutes }: { minutes: readonly Minute[] }) {
  const names = useMemo(() => minutes.map(({ minute }) => minuteInWords(minute)), [minutes]);
  const plan = useMemo(() => (colours: Colours) => linesOf(minutes, colours), [minutes]);
  return (
    <ChartPanel
      title="99 of 100 took at most"
      by={BY_MINUTE}
      rows={minutes}
      columns={COLUMNS}
      legend={LEGEND}
    >
      <Chart label={inWords(minutes)} names={names} plan={plan} />
    </ChartPanel>
  );
}

/** A line for each, broken where nothing was measured, with a point for each minute. */
export function linesOf(minutes: readonly Minute[], { good, bad, ink }: Colours): Plan {
  const data = LINES.map(({ name }) => valuesOf(minutes, name));
  const styles = [{ stroke: good }, { stroke: ink }, { stroke: bad, dash: [4, 4] }];
  return {
    data: [minutes.map((_, index) => index), ...data],
    series: styles.map((style) => ({ ...style, width: 2, points: { show: true, size: 4 } })),
    bounds: [0, Math.max(10, ...data.flat().map(Number)) * 1.1],
    values: (value) => milliseconds(value),
  };
}

export function inWords(minutes: readonly Minute[]): string {
  const greatest = LINES.flatMap(({ name, word }) => {
    const values = valuesOf(minutes, name).filter((value) => value !== null);
    return values.length ? [`${word} ${milliseconds(Math.max(...values))}`] : [];
  });
  const most = greatest.length ? greatest.join(', ') : 'nothing was measured';
  return `What 99 of 100 took at most, the slowest minute of the last hour: ${most}`;
}
