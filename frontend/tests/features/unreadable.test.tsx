// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PastEvent } from '../../src/api/history';
import type { ReadModels } from '../../src/api/readModels';
import type { Unreadable } from '../../src/rows/unreadable';
import { PROJECT } from './fakes';
import { type Shown, showPage } from './pages';
import { PROVISIONED, RUNNING, TEMPLATE } from './rows';

afterEach(cleanup);

const AT = '2026-11-21T10:00:00.000Z';
const broken = (id: string): Unreadable => ({ id, createdAt: AT, version: 4, isUnreadable: true });
const page = <Row,>(row: Row) => Promise.resolve({ rows: [row], nextToken: null });

describe('a row that cannot be read stays in its place with its id:', () => {
  const project = () => Promise.resolve(PROJECT);
  test.each<[string, string, Partial<ReadModels>]>([
    ['service', '/services', { project, servicesOf: () => Promise.resolve([broken('s-77f1')]) }],
    ['deployment', '/deployments', { project, deploymentsOf: () => page(broken('d-77f1')) }],
    ['deployment', '', { project, deploymentsOf: () => page(broken('d-77f1')) }],
    ['analysis', '/analysis', { project, analysesOf: () => page(broken('a-77f1')) }],
    [
      'attempt',
      '/provisioning',
      {
        project: () => Promise.resolve(PROVISIONED),
        provisioningRunsOf: () => Promise.resolve([RUNNING, broken('r-77f1')]),
      },
    ],
  ])('a %s at %s', async (what, tab, rows) => {
    showPage(`/projects/p1${tab}`, { rows });
    const title = await screen.findByText(`This ${what} cannot be shown`);
    const place = within(title.closest<HTMLElement>('.unreadable')!);
    expect(place.getByRole('button', { name: /…77f1/ })).toBeTruthy();
    const history = place.getByRole('link', { name: 'History' });
    expect(history.getAttribute('href')).toBe('/projects/p1/history');
  });

  test('a template, which has no history to read', async () => {
    const templates = () => Promise.resolve([TEMPLATE, broken('t-77f1')]);
    showPage('/templates', { rows: { templates } });
    expect(await screen.findByText('This template cannot be shown')).toBeTruthy();
    expect(screen.getByText('Full stack')).toBeTruthy();
  });
});

describe('a project that cannot be read', () => {
  const event: PastEvent = {
    eventId: 'e4',
    eventType: 'ProjectRenamed',
    eventSequence: 4,
    timestamp: AT,
    correlationId: 'c1',
    causationId: 'c1',
    data: { name: 'Hare' },
    metadata: { userId: 'u1' },
  };
  const shown: Shown = {
    rows: { project: () => Promise.resolve(broken('p-77f1')) },
    history: {
      events: vi.fn(() => Promise.resolve([event])),
      state: () => Promise.resolve({ name: 'Hare' }),
    },
  };

  test('is named by its id, with the way to its history', async () => {
    const { person, at } = showPage('/projects/p-77f1', shown);
    expect(await screen.findByText('This project cannot be shown')).toBeTruthy();
    expect(screen.getByRole('heading', { level: 1 })).toBeTruthy();
    await person.click(screen.getByRole('link', { name: 'History' }));
    await waitFor(() => expect(at()).toBe('/projects/p-77f1/history'));
    expect(await screen.findAllByText('Project renamed')).not.toHaveLength(0);
  });
});
