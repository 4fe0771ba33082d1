// @vitest-environment jsdom
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiUnreachable } from '../../../src/api/problem';
import type { Deployment, Project, ReadModels } from '../../../src/api/readModels';
import { SKELETON_AFTER } from '../../../src/ui/Skeleton';
import { pass } from '../../clock';
import { PROJECT } from '../fakes';
import { press, type Shown, showPage } from '../pages';
import { FAILED } from '../rows';

afterEach(cleanup);

const RETURNS: Project = {
  ...PROJECT,
  name: 'Returns portal',
  provisioning: 'FAILED',
  provisioningAttempt: 1,
  updatedAt: '2026-11-28T20:12:38.000Z',
};
const LOYALTY: Project = {
  ...PROJECT,
  id: 'p2',
  name: 'Loyalty',
  lastDeploymentStatus: 'FAILED',
  lastDeploymentEnvironment: 'production',
};
const DEPLOYMENT: Deployment = {
  id: 'p2-d1',
  projectId: 'p2',
  deploymentId: 'd1',
  environment: 'production',
  status: 'FAILED',
  startedAt: '2026-11-21T10:00:00.000Z',
  endedAt: '2026-11-21T10:05:00.000Z',
  userId: 'u1',
  owner: 'u1',
  version: 3,
  projectionVersion: 1,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:05:00.000Z',
};

const ROWS: Partial<ReadModels> = {
  failingOf: () => Promise.resolve([LOYALTY, RETURNS]),
  provisioningRunsOf: () => Promise.resolve([FAILED]),
  deploymentsOf: () => Promise.resolve({ rows: [DEPLOYMENT], nextToken: null }),
};

const show = (rows: Partial<ReadModels> = {}, shown: Shown = {}) => {
  vi.setSystemTime('2026-11-28T20:16:38.000Z');
  return showPage('/dashboard', { ...shown, rows: { ...ROWS, ...rows } });
};
const panel = () => screen.getByRole('region', { name: /^Needs your attention/ });
const lines = (): (string | null)[] =>
  within(panel())
    .queryAllByRole('row')
    .map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent).join(' | '));
const listed = (...expected: string[]) => waitFor(() => expect(lines()).toEqual(expected));

const RETURNS_LINE =
  'Returns portal | Provisioning failed at Repository | 4 minutes ago | Try again';
const LOYALTY_LINE = 'Loyalty | Deployment to production failed | 7 days ago | Open';

describe('what needs attention', () => {
  test('is what was not set up and what was not deployed, what has changed last first', async () => {
    const failingOf = vi.fn(ROWS.failingOf);
    show({ failingOf });
    await listed(RETURNS_LINE, LOYALTY_LINE);
    expect(within(panel()).getByText('2', { selector: '.count' })).toBeTruthy();
    expect(failingOf).toHaveBeenCalledWith('u1');
    const open = within(panel()).getByRole('link', { name: 'Open: Loyalty' });
    expect(open.getAttribute('href')).toBe('/projects/p2/deployments?status=failed');
  });

  test('[R34] comes and goes while one looks at it', async () => {
    const { bring } = show({ failingOf: () => Promise.resolve([RETURNS]) });
    await listed(RETURNS_LINE);
    act(() => bring('Project', LOYALTY));
    await listed(RETURNS_LINE, LOYALTY_LINE);
    act(() => bring('Project', { ...RETURNS, provisioning: 'RUNNING', version: 2 }));
    await listed(LOYALTY_LINE);
    act(() => bring('Project', { ...LOYALTY, status: 'ARCHIVED', version: 2 }));
    await listed();
  });

  test('is one’s own, whatever else an Admin is sent', async () => {
    const { bring } = show({}, { role: 'Admin' });
    await listed(RETURNS_LINE, LOYALTY_LINE);
    act(() => bring('Project', { ...LOYALTY, id: 'p3', userId: 'u2' }));
    await listed(RETURNS_LINE, LOYALTY_LINE);
  });

  test('[W13] is no more what was mended without this page being told', async () => {
    let failing = [RETURNS, LOYALTY];
    show({
      failingOf: () => Promise.resolve(failing),
      project: () => Promise.resolve({ ...RETURNS, provisioning: 'COMPLETED', version: 9 }),
    });
    await listed(RETURNS_LINE, LOYALTY_LINE);
    failing = [LOYALTY];
    act(() => void window.dispatchEvent(new Event('online')));
    await listed(LOYALTY_LINE);
  });

  test('is counted whole, and five of it are read and shown', async () => {
    const provisioningRunsOf = vi.fn(ROWS.provisioningRunsOf);
    const failing = Array.from({ length: 12 }, (_, n) => ({ ...RETURNS, id: `p${n}` }));
    show({ failingOf: () => Promise.resolve(failing), provisioningRunsOf });
    await waitFor(() => expect(lines()).toHaveLength(5));
    expect(panel().textContent).toContain('5 of 12.');
    const all = within(panel()).getByRole('link', { name: 'were not set up' });
    expect(all.getAttribute('href')).toBe('/projects?state=failed&owner=me');
    expect(new Set(provisioningRunsOf.mock.calls.map(([id]) => id)).size).toBe(5);
  });

  test('may be what cannot be shown', async () => {
    const broken = {
      id: 'p9',
      createdAt: PROJECT.createdAt,
      version: 4,
      isUnreadable: true,
    } as const;
    show({ failingOf: () => Promise.resolve([RETURNS, broken]) });
    await listed(RETURNS_LINE);
    expect(panel().textContent).toContain('One more project with a failure cannot be shown');
    expect(within(panel()).getByText('2', { selector: '.count' })).toBeTruthy();
  });

  test('is nothing when all is well', async () => {
    show({ failingOf: () => Promise.resolve([]) });
    expect(await screen.findByText(/^Nothing: every project was set up/)).toBeTruthy();
    expect(panel().querySelector('.count')).toBeNull();
  });

  test('is said to be read, and to be unreadable, and is read again', async () => {
    let answer: (error: Error) => void = () => undefined;
    const failingOf = vi.fn<ReadModels['failingOf']>(
      () => new Promise((_, reject) => void (answer = reject)),
    );
    const { person } = show({ failingOf });
    await screen.findByText('Needs your attention', { exact: false });
    await act(() => pass(SKELETON_AFTER));
    expect(panel().querySelectorAll('.bone').length).toBeGreaterThan(0);
    act(() => answer(new Error('down')));
    await screen.findByText('What needs your attention could not be read');
    failingOf.mockImplementation(ROWS.failingOf!);
    await person.click(within(panel()).getByRole('button', { name: 'Try again' }));
    await listed(RETURNS_LINE, LOYALTY_LINE);
  });
});

describe('trying again', () => {
  test('[C8] begins another attempt, and leads to its steps', async () => {
    const { person, send, at } = show();
    await listed(RETURNS_LINE, LOYALTY_LINE);
    await person.click(press('Try again: Returns portal'));
    await waitFor(() => expect(at()).toBe('/projects/p1/provisioning'));
    expect(send).toHaveBeenCalledTimes(1);
    expect(send.mock.calls[0]?.slice(0, 2)).toEqual(['p1', {}]);
  });

  test('stays where it is when it is refused, and says why', async () => {
    const { person, at } = show({}, { answer: new ApiUnreachable() });
    await listed(RETURNS_LINE, LOYALTY_LINE);
    await person.click(press('Try again: Returns portal'));
    expect(await within(panel()).findByRole('alert')).toBeTruthy();
    expect(at()).toBe('/dashboard');
  });

  test('is not offered to those who may not', async () => {
    show({}, { role: 'Developer' });
    await listed(RETURNS_LINE.replace('Try again', 'Open'), LOYALTY_LINE);
    expect(screen.queryByRole('button', { name: /^Try again/ })).toBeNull();
  });
});
