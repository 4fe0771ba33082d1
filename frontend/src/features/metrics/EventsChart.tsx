import { useMemo } from 'react';
import uPlot from 'uplot';
import { Chart, type Plan } from '../analytics/Chart';
import { ChartPanel, type Column, type Sign } from '../analytics/ChartPanel';
import type { Colours } from '../analytics/chartColours';
import { BY_MINUTE } from './byMinute';
import { share } from './figures';
import { type Minute, minuteInWords, valuesOf } from './minutes';

const COLUMNS: readonly Column<Minute>[] = [
  { name: 'Events', value: ({ values }) => String(values.get('EventsStored') ?? '–') },
  { name: 'Commands failed', value: ({ values }) => share(values.get('CommandFailures')) },
  { name: 'Queries failed', value: ({ values }) => share(values.get('QueryFailures')) },
  { name: 'Sagas completed', value: ({ values }) => share(values.get('SagaCompletion')) },
];
const LEGEND: readonly Sign[] = [{ colour: 'var(--chart-1)', word: 'Events recorded' }];

/** How many events commands recorded in each minute. */
export function EventsChart({ minutes }: { minutes: readonly Minute[] }) {
  const names = useMemo(() => minutes.map(({ minute }) => minuteInWords(minute)), [minutes]);
  const plan = useMemo(() => (colours: Colours) => barsOf(minutes, colours), [minutes]);
  return (
    <ChartPanel
      title="Events per minute"
      by={BY_MINUTE}
      rows={minutes}
      columns={COLUMNS}
      legend={LEGEND}
    >
      <Chart label={inWords(minutes)} names={names} plan={plan} />
    </ChartPanel>
  );
}

export function barsOf(minutes: readonly Minute[], { good }: Colours): Plan {
  const events = valuesOf(minutes, 'EventsStored');
  const paths = uPlot.paths.bars?.({ size: [0.72, 26] });
  return {
    data: [minutes.map((_, index) => index), events.map((count) => count || null)],
    series: [{ ...(paths && { paths }), points: { show: false }, fill: good, width: 0 }],
    bounds: [0, Math.max(4, ...events.map(Number)) * 1.1],
    values: (value) => String(value),
  };
}

export function inWords(minutes: readonly Minute[]): string {
  const events = valuesOf(minutes, 'EventsStored').reduce<number>((sum, n) => sum + (n ?? 0), 0);
  const failures = valuesOf(minutes, 'CommandFailures').filter((value) => value !== null);
  const failed = failures.some((rate) => rate > 0)
    ? `in the worst minute ${share(Math.max(...failures))} of the commands failed`
    : 'no command failed';
  return `Events per minute in the last hour: ${events} in all, ${failed}`;
}
