// @vitest-environment jsdom
import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { showPage } from './pages';

afterEach(cleanup);

test.each([
  ['/nowhere', 'Page not found'],
  ['/projects/p9', 'Project not found'],
  ['/projects/p9/provisioning', 'Project not found'],
  ['/templates/no-such', 'Template not found'],
  ['/templates/new', 'For Admins'],
])('%s is headed by what it says', async (address, title) => {
  showPage(address);
  expect(await screen.findByRole('heading', { level: 1, name: title })).toBeTruthy();
  expect(screen.getAllByRole('heading', { level: 1 })).toHaveLength(1);
});

test('a page that cannot be read has a heading, too', async () => {
  const project = () => Promise.reject(new TypeError('Failed to fetch'));
  showPage('/projects/p1', { rows: { project } });
  const title = 'The project could not be read';
  expect(await screen.findByRole('heading', { level: 1, name: title })).toBeTruthy();
});

test('after a route the focus is on the title, also when it comes late', async () => {
  const asked: ((row: null) => void)[] = [];
  const project = () => new Promise<null>((resolve) => void asked.push(resolve));
  const { router } = showPage('/templates', { rows: { project } });
  await screen.findByRole('heading', { level: 1, name: 'Templates' });
  await act(() => router.navigate('/projects/p9'));
  await waitFor(() => expect(asked).not.toHaveLength(0));
  expect(screen.queryByRole('heading', { level: 1 })).toBeNull();
  act(() => asked.forEach((answer) => answer(null)));
  const title = await screen.findByRole('heading', { level: 1, name: 'Project not found' });
  expect(document.activeElement).toBe(title);
});
