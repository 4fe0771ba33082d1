import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Colours, useChartColours } from './chartColours';

const HEIGHT = 210; // px
/** What an axis needs for one label, in px. */
const ROOM = 34;

/** What values may be apart on the axis: from events a day to an hour in milliseconds. */
const INCREMENTS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].flatMap((n) => [n, 2 * n, 5 * n]);

export interface Plan {
  readonly series: uPlot.Series[];
  readonly data: uPlot.AlignedData;
  /** The least and the greatest value shown. */
  readonly bounds: readonly [number, number];
  readonly values: (value: number) => string;
}

interface ChartProps {
  /** What it shows, in a sentence: the figures are in the table. */
  readonly label: string;
  /** Below the columns, from left to right. */
  readonly names: readonly string[];
  readonly plan: (colours: Colours) => Plan;
}

/** A chart over days or minutes. It is drawn anew when its figures, its width or the theme change. */
export function Chart({ label, names, plan }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const colours = useChartColours();
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const drawn = plan(colours);
    const chart = new uPlot(
      optionsOf(drawn, names, colours, element.clientWidth),
      drawn.data,
      element,
    );
    const sized = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    sized.observe(element);
    return () => {
      sized.disconnect();
      chart.destroy();
    };
  }, [plan, names, colours]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}

function optionsOf(
  { series, bounds, values }: Plan,
  names: readonly string[],
  { ink, grid, font }: Colours,
  width: number,
): uPlot.Options {
  const text = { stroke: ink, font, ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [12, 8, 0, 0],
    scales: {
      x: { time: false, range: () => [-0.5, names.length - 0.5] },
      y: { range: () => [...bounds] },
    },
    axes: [
      {
        ...text,
        grid: { show: false },
        space: ROOM,
        incrs: [1, 2, 5, 7, 10, 14],
        size: 28,
        values: (_, places) => places.map((place) => names[place] ?? ''),
      },
      {
        ...text,
        grid: { stroke: grid, width: 1 },
        incrs: INCREMENTS,
        size: 52,
        values: (_, places) => places.map(values),
      },
    ],
    series: [{}, ...series],
  };
}
