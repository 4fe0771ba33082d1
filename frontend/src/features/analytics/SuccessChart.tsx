import { useMemo } from 'react';
import type uPlot from 'uplot';
import { percent } from '../project/percent';
import { Chart, type Plan } from './Chart';
import { BY_DAY, ChartPanel, type Column, type Sign } from './ChartPanel';
import type { Colours } from './chartColours';
import { type Day, dayInWords, rateOf } from './days';

/** A line to compare with; nothing depends on it. */
const GOAL = 0.95;

const COLUMNS: readonly Column[] = [
  { name: 'Ended', value: ({ succeeded, failed }) => String(succeeded + failed) },
  { name: 'Success rate', value: (day) => shown(rateOf(day)) },
];
const LEGEND: readonly Sign[] = [
  { colour: 'var(--chart-1)', word: `Goal of ${percent(GOAL)} met` },
  { colour: 'var(--chart-bad)', word: 'Below the goal' },
];

const shown = (rate: number | null): string => (rate === null ? '–' : percent(rate));

/** Which share of the deployments that ended on a day succeeded. */
export function SuccessChart({ days }: { days: readonly Day[] }) {
  const names = useMemo(() => days.map(({ day }) => String(Number(day.slice(8)))), [days]);
  const plan = useMemo(() => (colours: Colours) => lineOf(days, colours), [days]);
  return (
    <ChartPanel
      title="Success rate per day"
      by={BY_DAY}
      rows={days}
      columns={COLUMNS}
      legend={LEGEND}
    >
      <Chart label={inWords(days)} names={names} plan={plan} />
    </ChartPanel>
  );
}

/** A line over the days on which something ended, with a point for each, and the goal. */
export function lineOf(days: readonly Day[], colours: Colours): Plan {
  const rates = days.map(rateOf);
  const of = (isShown: (rate: number) => boolean): (number | null)[] =>
    rates.map((rate) => (rate !== null && isShown(rate) ? rate * 100 : null));
  const lowest = Math.min(GOAL, ...rates.filter((rate) => rate !== null)) * 100;
  return {
    data: [
      days.map((_, index) => index),
      days.map(() => GOAL * 100),
      of(() => true),
      of((rate) => rate >= GOAL),
      of((rate) => rate < GOAL),
    ],
    series: [
      { stroke: colours.ink, width: 1, dash: [4, 4], points: { show: false } },
      { stroke: colours.good, width: 2, spanGaps: true, points: { show: false } },
      points(colours.good, colours),
      points(colours.bad, colours),
    ],
    bounds: [Math.max(0, Math.floor(lowest / 10) * 10), 102],
    values: (value) => (value > 100 ? '' : `${value} %`),
  };
}

function points(fill: string, { ground }: Colours): uPlot.Series {
  return { paths: () => null, points: { show: true, size: 8, fill, stroke: ground, width: 1.5 } };
}

export function inWords(days: readonly Day[]): string {
  const rated = days.flatMap((day) => {
    const rate = rateOf(day);
    return rate === null ? [] : [{ day: day.day, rate }];
  });
  const [first] = rated;
  if (!first) return 'Success rate per day: no deployment ended';
  const lowest = rated.reduce((a, b) => (b.rate < a.rate ? b : a), first);
  const last = rated.at(-1) ?? first;
  const words = ({ day, rate }: typeof first): string => `${percent(rate)} on ${dayInWords(day)}`;
  return `Success rate per day, lowest ${words(lowest)}, last ${words(last)}`;
}
