// @vitest-environment jsdom
import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Analysis } from '../../src/api/readModels';
import { ACCEPTED, press, showPage } from './pages';
import { PROJECT } from './fakes';

afterEach(cleanup);

const ANALYSIS: Analysis = {
  id: 'a1',
  projectId: 'p1',
  kind: 'ARCHITECTURE',
  status: 'REQUESTED',
  userId: 'u1',
  owner: 'u1',
  version: 1,
  projectionVersion: 1,
  createdAt: PROJECT.createdAt,
  updatedAt: PROJECT.updatedAt,
};

test('an analysis is cancelled once', async () => {
  const rows = {
    project: () => Promise.resolve(PROJECT),
    analysesOf: () => Promise.resolve({ rows: [ANALYSIS], nextToken: null }),
  };
  const answer = { ...ACCEPTED, aggregateId: 'a1', version: 2 };
  const { person, bring } = showPage('/projects/p1/analysis', { rows, answer });
  await person.click(await screen.findByRole('button', { name: 'Cancel the analysis' }));
  expect(await screen.findByRole('button', { name: /Cancelling/ })).toHaveProperty(
    'disabled',
    true,
  );
  act(() => bring('Analysis', { ...ANALYSIS, status: 'CANCELLED', version: 2 }));
  expect(screen.getByText('This analysis was cancelled before it had a result.')).toBeTruthy();
});

test('what was asked stays when the analyses are read again in vain', async () => {
  const server = { fails: false };
  const rows = {
    project: () => Promise.resolve(PROJECT),
    analysesOf: () =>
      server.fails
        ? Promise.reject(new Error('down'))
        : Promise.resolve({ rows: [], nextToken: null }),
  };
  const { person } = showPage('/projects/p1/analysis', { rows });
  await person.click(await screen.findByRole('button', { name: 'Request an analysis' }));
  await person.type(screen.getByLabelText('Question (optional)'), 'Why?');
  server.fails = true;
  act(() => void document.dispatchEvent(new Event('visibilitychange')));
  await screen.findByText('The analyses could not be read');
  expect(screen.getByLabelText('Question (optional)')).toHaveProperty('value', 'Why?');
});

test('an analysis that was requested has a place until it is shown there', async () => {
  const rows = { project: () => Promise.resolve(PROJECT) };
  const answer = { ...ACCEPTED, aggregateId: 'a1', version: 1 };
  const { person, bring } = showPage('/projects/p1/analysis', { rows, answer });
  await person.click(await screen.findByRole('button', { name: 'Request an analysis' }));
  const dialog = screen.getByRole('dialog', { hidden: true });
  await person.click(dialog.querySelector<HTMLElement>('button[type="submit"]')!);
  const note = (): Element | null => document.querySelector('.pending-note');
  await waitFor(() => expect(note()?.textContent).toContain('Requesting an analysis of Tortoise'));
  expect(document.querySelectorAll('.pending-note')).toHaveLength(1);
  expect(screen.queryByText('Not analysed yet')).toBeNull();
  expect(press('Edit')).toHaveProperty('disabled', false);
  act(() => bring('Analysis', ANALYSIS));
  expect(note()).toBeNull();
  expect(screen.getByText(/is being analysed/)).toBeTruthy();
});
