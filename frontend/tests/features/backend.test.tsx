// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { BackendProvider } from '../../src/features/session/BackendProvider';

afterEach(cleanup);

const page = (find: () => Promise<string | null>) =>
  render(<BackendProvider find={find}>{(url) => <p>commands go to {url}</p>}</BackendProvider>);

test('the page begins once it knows where commands go, and asks once', async () => {
  const find = vi.fn(() => Promise.resolve('https://api.test'));
  const { rerender } = page(find);
  expect(screen.queryByText(/commands go/)).toBeNull();
  await screen.findByText('commands go to https://api.test');
  rerender(<BackendProvider find={find}>{(url) => <p>still {url}</p>}</BackendProvider>);
  await screen.findByText('still https://api.test');
  expect(find).toHaveBeenCalledTimes(1);
});

test('it says that nothing is deployed yet, and looks again', async () => {
  const find = vi.fn<() => Promise<string | null>>().mockResolvedValueOnce(null);
  find.mockResolvedValueOnce('https://api.test');
  page(find);
  await screen.findByText('Not deployed yet');
  fireEvent.click(screen.getByRole('button', { name: 'Look again' }));
  await screen.findByText('commands go to https://api.test');
});

test('it says what went wrong, and looks again', async () => {
  const find = vi.fn<() => Promise<string | null>>().mockRejectedValueOnce(new Error('teapot'));
  find.mockResolvedValueOnce('https://api.test');
  page(find);
  const words = await screen.findByText(/could not be reached/);
  expect(words.textContent).not.toContain('by itself');
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('commands go to https://api.test');
});
