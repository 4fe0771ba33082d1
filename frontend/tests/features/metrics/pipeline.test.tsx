// @vitest-environment jsdom
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Metric, ReadModels } from '../../../src/api/readModels';
import { minutesUntil } from '../../../src/features/metrics/minutes';
import { clearCharts, drawn } from '../charts';
import { showPage } from '../pages';

const NOW = Date.parse('2026-01-31T10:30:05.000Z');

beforeEach(() => {
  clearCharts();
  vi.setSystemTime(NOW);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const MINUTES = minutesUntil(NOW);
const LAST = '2026-01-31T10:29:00.000Z';

const metric = (name: string, value: number, more: Partial<Metric> = {}): Metric => ({
  id: `${name}:${LAST}`,
  name,
  value,
  unit: 'Milliseconds',
  tags: '{"statistic":"p99"}',
  timestamp: LAST,
  source: 'commands',
  expires: 1_800_000_000,
  version: 1,
  projectionVersion: 1,
  createdAt: LAST,
  updatedAt: LAST,
  ...more,
});

const ROWS = [
  metric('CommandLatency', 48.2),
  metric('ConsistencyLag', 1234),
  metric('EventsStored', 7),
  metric('CommandFailures', 0.25),
  metric('EventsStored', 3, { id: 'earlier', timestamp: '2026-01-31T10:00:00.000Z' }),
  metric('EventsStored', 99, { id: 'long ago', timestamp: '2026-01-31T09:00:00.000Z' }),
];
const found = { metricsSince: () => Promise.resolve(ROWS) };

test('[R6] Admin sees what each minute of the last hour came to', async () => {
  const metricsSince = vi.fn<ReadModels['metricsSince']>(() => Promise.resolve(ROWS));
  showPage('/dashboard', { role: 'Admin', rows: { metricsSince } });
  await screen.findByRole('img', {
    name: /slowest minute of the last hour: Command 48 ms, Commit to row 1.2 s$/,
  });
  screen.getByRole('img', { name: /10 in all, in the worst minute 25 % of the commands failed/ });
  expect(metricsSince).toHaveBeenCalledWith('2026-01-31T09:30:00.000Z');
  // The last minute at the right, and nothing where nothing was measured.
  await waitFor(() =>
    expect(drawn.map(({ data }) => data[1]?.slice(-2))).toContainEqual([null, 7]),
  );
});

test('nobody else is shown the pipeline, or asks for it', async () => {
  for (const role of ['Owner', 'Developer'] as const) {
    const metricsSince = vi.fn<ReadModels['metricsSince']>(() => Promise.resolve(ROWS));
    showPage('/dashboard', { role, rows: { metricsSince } });
    await screen.findByText(/No deployments in these/);
    expect(screen.queryByText(/The pipeline/)).toBeNull();
    expect(metricsSince).not.toHaveBeenCalled();
    cleanup();
  }
});

test('[R34] a figure that comes while one looks at it, or is mended, is drawn', async () => {
  const { bring } = showPage('/dashboard', { role: 'Admin', rows: found });
  await screen.findByRole('img', { name: /10 in all/ });
  act(() => bring('Metric', metric('EventsStored', 9, { version: 2 })));
  await screen.findByRole('img', { name: /12 in all/ });
  await waitFor(() => expect(drawn.map(({ data }) => data[1]?.at(-1))).toContain(9));
});

test('each chart is shown as a table, with a row for every minute', async () => {
  const { person } = showPage('/dashboard', { role: 'Admin', rows: found });
  await screen.findByRole('img', { name: /10 in all/ });
  for (const button of screen.getAllByRole('button', { name: 'As a table' }))
    await person.click(button);
  const [latencies, events] = screen.getAllByRole('table');
  if (!latencies || !events) throw new Error('there are not two tables');
  expect(within(latencies).getAllByRole('row')).toHaveLength(1 + MINUTES.length);
  const first = (table: HTMLElement): (string | null)[] =>
    [...((within(table).getAllByRole('row')[1] as HTMLTableRowElement).cells ?? [])].map(
      (cell) => cell.textContent,
    );
  expect(first(latencies)).toEqual(['10:29', '48 ms', '–', '–', '1.2 s', '–']);
  expect(first(events)).toEqual(['10:29', '7', '25 %', '–', '–']);
});

test('an hour without figures says where they come from', async () => {
  showPage('/dashboard', { role: 'Admin' });
  await screen.findByText(/Nothing was measured in the last hour/);
});

test('figures that cannot be read are read again on request', async () => {
  let isDown = true;
  const metricsSince: ReadModels['metricsSince'] = () =>
    isDown ? Promise.reject(new Error('down')) : Promise.resolve(ROWS);
  const { person } = showPage('/dashboard', { role: 'Admin', rows: { metricsSince } });
  await screen.findByText('The figures could not be read');
  isDown = false;
  await person.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByRole('img', { name: /10 in all/ });
});
