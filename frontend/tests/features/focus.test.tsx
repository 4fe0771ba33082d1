// @vitest-environment jsdom
import { cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROJECT } from './fakes';
import { press, showPage } from './pages';

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

const rows = { project: () => Promise.resolve(PROJECT) };
const focused = (): string | null =>
  document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '';

async function open(action: string) {
  const page = showPage('/projects/p1', { rows });
  await page.person.click(await screen.findByRole('button', { name: 'More about Tortoise' }));
  await page.person.click(screen.getByRole('menuitem', { name: action }));
  await screen.findByRole('dialog', { hidden: true });
  return page;
}

test('after one dialog in the place of another the focus is where the first was opened', async () => {
  const { person } = await open('Delete…');
  await person.click(press('Archive instead'));
  await person.click(press('Cancel'));
  await waitFor(() => expect(screen.queryByRole('dialog', { hidden: true })).toBeNull());
  expect(focused()).toBe('More about Tortoise');
});

test('a variable that is removed leaves the focus with its neighbour, and is not lost unasked', async () => {
  const { person } = await open('Configure…');
  const add = press('Add a variable');
  await person.click(add);
  await person.click(add);
  await person.click(press('Remove variable 2'));
  expect(focused()).toBe('Remove variable 1');
  await person.click(press('Remove variable 1'));
  expect(document.activeElement).toBe(add);
  await person.keyboard('{Escape}');
  expect(screen.getByText('Throw your changes away?')).toBeTruthy();
});

test('a service that is removed leaves the focus with its neighbour', async () => {
  const { person } = showPage('/projects/new/without_template');
  const add = await screen.findByRole('button', { name: 'Add a service to start with' });
  await person.click(add);
  await person.click(add);
  await person.click(press('Remove service 1'));
  expect(focused()).toBe('Remove service 1');
  await person.click(press('Remove service 1'));
  expect(document.activeElement).toBe(add);
});
