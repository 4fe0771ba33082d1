// @vitest-environment jsdom
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OwnerSummary, Project, ReadModels } from '../../../src/api/readModels';
import { daysBefore } from '../../../src/features/analytics/days';
import { clearCharts, drawn } from '../charts';
import { PROJECT } from '../fakes';
import { showPage } from '../pages';
import { dayRow } from './rows';

beforeEach(() => {
  clearCharts();
  vi.setSystemTime(`${today}T20:12:09.000Z`);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const today = '2026-11-28';
const yesterday = daysBefore(today, 1);
const ROWS = [
  dayRow(today, { deployments: 3, succeeded: 2, failed: 1, totalEvents: 8 }),
  dayRow(yesterday, { id: 'p2', projectId: 'p2', deployments: 1, succeeded: 1, totalEvents: 2 }),
  dayRow(daysBefore(today, 14), { deployments: 1, succeeded: 1, totalEvents: 4 }),
];

const figure = (term: string): string =>
  screen.getByText(term, { selector: 'dt' }).parentElement?.querySelector('.figure')?.textContent ??
  '';

test('[R11, R18] the dashboard adds up the days of all one’s projects, beside those before', async () => {
  const daysOf = vi.fn<ReadModels['daysOf']>(() => Promise.resolve(ROWS));
  showPage('/dashboard', { rows: { daysOf } });
  await screen.findByRole('img', { name: /Deployments per day.*: 3 completed, 1 failed/ });
  expect(figure('Deployments')).toBe('4');
  expect(figure('Success rate')).toBe('75 %');
  expect(figure('Projects deployed')).toBe('2');
  expect(figure('Recorded events')).toBe('10');
  screen.getByText(/3 more than in the 14 days before/);
  // As many days again are read, to compare with.
  expect(daysOf).toHaveBeenCalledWith(
    { userId: 'u1' },
    { first: daysBefore(today, 27), last: today },
  );
});

const SUMMARY: OwnerSummary = {
  id: 'u1',
  userId: 'u1',
  owner: 'u1',
  active: 142,
  archived: 7,
  services: 0,
  deployments: 0,
  version: 7,
  projectionVersion: 1,
  createdAt: PROJECT.createdAt,
  updatedAt: PROJECT.updatedAt,
};

const created = (id: string, more: Partial<Project>): Project => ({
  ...PROJECT,
  id,
  createdAt: `${today}T10:00:00.000Z`,
  ...more,
});

test('[R18] it counts one’s projects, and how those of the range were set up', async () => {
  const createdSince = vi.fn<ReadModels['createdSince']>(() =>
    Promise.resolve([
      created('n1', { provisioning: 'COMPLETED', provisioningAttempt: 1 }),
      created('n2', { provisioning: 'COMPLETED', provisioningAttempt: 2 }),
      created('n3', { provisioning: 'FAILED', provisioningAttempt: 1 }),
      created('n4', { provisioning: 'RUNNING', provisioningAttempt: 1 }),
      created('n5', {}),
    ]),
  );
  const { bring } = showPage('/dashboard', {
    rows: {
      daysOf: () => Promise.resolve(ROWS),
      summaryOf: () => Promise.resolve(SUMMARY),
      createdSince,
    },
  });
  await screen.findByText(/^Your 142 projects, 15 to 28 November/);
  await waitFor(() => expect(figure('Set up without failure')).toBe('1 of 3'));
  expect(figure('Projects')).toBe('142');
  screen.getByText('5 new, 7 in the archive');
  screen.getByText('1 waits for you');
  expect(createdSince).toHaveBeenCalledWith('u1', '2026-11-15T00:00:00.000Z');
  const older = { provisioning: 'FAILED', createdAt: '2026-11-14T23:59:59.999Z' } as const;
  act(() => bring('Project', created('old', older)));
  act(() => bring('Project', created('n3', { provisioning: 'COMPLETED', version: 2 })));
  act(() => bring('OwnerSummary', { ...SUMMARY, active: 1, version: 8 }));
  await screen.findByText(/^Your only project, /);
  await waitFor(() => screen.getByText('None waits for you'));
});

test('no number of projects is told before any was counted', async () => {
  showPage('/dashboard', { rows: { daysOf: () => Promise.resolve(ROWS) } });
  await screen.findByText(/^Your projects, /);
  await waitFor(() => expect(figure('Projects')).toBe('–'));
  expect(figure('Set up without failure')).toBe('–');
});

test('each chart is shown as a table, with a row for every day', async () => {
  const { person } = showPage('/dashboard?range=7d', {
    rows: { daysOf: () => Promise.resolve(ROWS) },
  });
  for (const button of await screen.findAllByRole('button', { name: 'As a table' }))
    await person.click(button);
  const [deployments, rates] = screen.getAllByRole('table');
  if (!deployments || !rates) throw new Error('there are not two tables');
  expect(within(deployments).getAllByRole('row')).toHaveLength(1 + 7);
  const cells = (table: HTMLElement): (string | null)[] =>
    within(within(table).getAllByRole('row')[1] as HTMLElement)
      .getAllByRole('cell')
      .map((cell) => cell.textContent);
  expect(cells(deployments)).toEqual(['3', '2', '1']);
  expect(cells(rates)).toEqual(['3', '66.7 %']);
  await person.click(screen.getAllByRole('button', { name: 'As a chart' })[0] as HTMLElement);
  await screen.findByRole('img', { name: /Deployments per day/ });
});

test('[R34] a day that changes while one looks at it changes figures and charts', async () => {
  const { bring } = showPage('/dashboard', { rows: { daysOf: () => Promise.resolve(ROWS) } });
  await screen.findByRole('img', { name: /3 completed, 1 failed/ });
  act(() =>
    bring(
      'ProjectAnalytics',
      dayRow(today, { deployments: 3, succeeded: 3, failed: 1, totalEvents: 9, version: 2 }),
    ),
  );
  await screen.findByRole('img', { name: /4 completed, 1 failed/ });
  // All that ended, the last day at the right.
  await waitFor(() => expect(drawn.some(({ data }) => data[1]?.at(-1) === 4)).toBe(true));
});

test('rows of others, which an Admin is sent, are not counted', async () => {
  const { bring } = showPage('/dashboard', {
    role: 'Admin',
    rows: { daysOf: () => Promise.resolve(ROWS) },
  });
  await screen.findByRole('img', { name: /3 completed, 1 failed/ });
  act(() => bring('ProjectAnalytics', dayRow(today, { id: 'x', userId: 'u2', succeeded: 50 })));
  screen.getByRole('img', { name: /3 completed, 1 failed/ });
});

test('without deployments it offers the longer range, which is in the address', async () => {
  const { person, router } = showPage('/dashboard?range=7d');
  await screen.findByText('No deployments in these 7 days');
  await person.click(screen.getByRole('button', { name: 'Show 14 days' }));
  await screen.findByText('No deployments in these 14 days');
  expect(router.state.location.search).toBe('?range=14d');
});

test('what cannot be read is said, and read again on request', async () => {
  let isDown = true;
  const daysOf: ReadModels['daysOf'] = () =>
    isDown ? Promise.reject(new Error('down')) : Promise.resolve(ROWS);
  const { person } = showPage('/dashboard', { rows: { daysOf } });
  await screen.findByText('The days could not be read');
  isDown = false;
  await person.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByRole('img', { name: /Deployments per day/ });
});

test('days that cannot be shown are said to be missing', async () => {
  const broken = { id: 'b', createdAt: PROJECT.createdAt, version: 1, isUnreadable: true } as const;
  showPage('/dashboard', { rows: { daysOf: () => Promise.resolve([...ROWS, broken]) } });
  await screen.findByText(/One day of a project cannot be shown/);
});

test('[R11] a project’s page has the days of this project alone', async () => {
  const daysOf = vi.fn<ReadModels['daysOf']>(() => Promise.resolve(ROWS.slice(0, 1)));
  const rows = { project: () => Promise.resolve(PROJECT), daysOf };
  const { bring } = showPage('/projects/p1/activity', { rows });
  await screen.findByRole('img', { name: /2 completed, 1 failed/ });
  act(() => bring('ProjectAnalytics', dayRow(today, { id: 'x', projectId: 'p2', succeeded: 50 })));
  await waitFor(() => expect(figure('Deployments')).toBe('3'));
  screen.getByRole('img', { name: /2 completed, 1 failed/ });
  expect(daysOf.mock.calls[0]?.[0]).toEqual({ projectId: 'p1' });
});
