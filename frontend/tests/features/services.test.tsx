// @vitest-environment jsdom
import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReadModels } from '../../src/api/readModels';
import { PROJECT } from './fakes';
import { press, showPage } from './pages';

afterEach(cleanup);

/** The project is known from a list; its services are read. */
async function show(tab: string, servicesOf: ReadModels['servicesOf']) {
  const page = showPage(`/projects/p1${tab}`, {
    rows: { project: () => Promise.resolve(PROJECT), servicesOf },
  });
  act(() => page.bring('Project', PROJECT));
  await screen.findByRole('heading', { level: 1, name: /Tortoise/ });
  return page;
}

describe.each(['/services', ''])('services at %s', (tab) => {
  test('are not said to be none while they are read', async () => {
    let answer: (services: []) => void = () => undefined;
    await show(tab, () => new Promise((resolve) => void (answer = resolve)));
    await screen.findByRole('heading', { name: /^Services/ });
    expect(screen.queryByText('No services yet')).toBeNull();
    act(() => answer([]));
    expect(await screen.findByText('No services yet')).toBeTruthy();
  });

  test('are not said to be none when they could not be read, and are read again', async () => {
    let fails = true;
    const { person } = await show(tab, () =>
      fails ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve([]),
    );
    await screen.findByText('The services could not be read');
    expect(screen.queryByText('No services yet')).toBeNull();
    fails = false;
    await person.click(press('Try again'));
    expect(await screen.findByText('No services yet')).toBeTruthy();
  });
});
