// @vitest-environment jsdom
import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Accepted } from '../../src/api/commands';
import { PROJECT } from './fakes';
import { ACCEPTED, press, showPage } from './pages';

afterEach(cleanup);

test('who has gone elsewhere before a deletion was answered is left there', async () => {
  let answer: (accepted: Accepted) => void = () => undefined;
  const send = () => new Promise<Accepted>((resolve) => void (answer = resolve));
  const project = () => Promise.resolve(PROJECT);
  const page = showPage('/projects/p1', { rows: { project }, said: { send } });
  await page.person.click(await screen.findByRole('button', { name: 'More about Tortoise' }));
  await page.person.click(screen.getByRole('menuitem', { name: 'Delete…' }));
  await page.person.type(await screen.findByRole('textbox'), 'Tortoise');
  await page.person.click(press('Delete project'));
  await act(() => page.router.navigate('/templates'));
  act(() => answer(ACCEPTED));
  await screen.findByText('was deleted.', { exact: false, selector: '.toast *' });
  expect(page.at()).toBe('/templates');
});
