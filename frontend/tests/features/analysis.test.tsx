// @vitest-environment jsdom
import { act, cleanup, screen } from '@testing-library/react';
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

test('an analysis that was requested has a place until it is shown there', async () => {
  const rows = { project: () => Promise.resolve(PROJECT) };
  const answer = { ...ACCEPTED, aggregateId: 'a1', version: 1 };
  const { person, bring } = showPage('/projects/p1/analysis', { rows, answer });
  await person.click(await screen.findByRole('button', { name: 'Request an analysis' }));
  const dialog = screen.getByRole('dialog', { hidden: true });
  await person.click(dialog.querySelector<HTMLElement>('button[type="submit"]')!);
  const note = (): Element | null => document.querySelector('.pending-note');
  expect(note()?.textContent).toContain('Requesting an analysis of Tortoise');
  expect(document.querySelectorAll('.pending-note')).toHaveLength(1);
  expect(screen.queryByText('Not analysed yet')).toBeNull();
  expect(press('Edit')).toHaveProperty('disabled', false);
  act(() => bring('Analysis', ANALYSIS));
  expect(note()).toBeNull();
  expect(screen.getByText(/is being analysed/)).toBeTruthy();
});
