// @vitest-environment jsdom
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HistoryFailed } from '../../src/api/history';
import type { Project } from '../../src/api/readModels';
import type { Search } from '../../src/api/search';
import { PROJECT } from './fakes';
import { press, type Shown, showPage } from './pages';

afterEach(cleanup);

const project = (id: string, others: Partial<Project> = {}): Project => ({
  ...PROJECT,
  id,
  name: `Project ${id}`,
  ...others,
});

/** Hits in pages of as many as are asked for. */
const hits = (...rows: Project[]): Search['projects'] =>
  vi.fn<Search['projects']>((_question, { limit, nextToken }) => {
    const start = Number(nextToken ?? 0);
    const next = start + limit;
    return Promise.resolve({
      rows: rows.slice(start, next),
      unreadable: [],
      nextToken: next < rows.length ? String(next) : null,
    });
  });

function searching(address: string, search: Search['projects'], others: Shown = {}) {
  const page = showPage(address, { search, ...others });
  const query = (): string => page.router.state.location.search;
  const asked = (): string[] => vi.mocked(search).mock.calls.map(([{ words }]) => words);
  return { ...page, query, asked };
}

const box = () => screen.findByLabelText('Search projects');
const names = (): (string | null)[] =>
  screen.queryAllByRole('link', { name: /^Project / }).map((link) => link.textContent);
const listed = (...expected: string[]) =>
  waitFor(() => expect(names().slice(-expected.length)).toEqual(expected));

describe('the search box', () => {
  test('[R15] asks once for what was typed, and has it in the address', async () => {
    const search = hits(project('b'), project('a'));
    const { person, query, asked } = searching('/projects', search);
    await person.type(await box(), 'tea pot');
    await listed('Project b', 'Project a');
    expect(query()).toBe('?q=tea+pot');
    expect(new Set(asked())).toEqual(new Set(['tea pot']));
  });

  test('is reached by / and emptied by Escape', async () => {
    const { person, query } = searching('/projects?q=tea', hits(project('a')));
    const field = await box();
    await listed('Project a');
    await person.keyboard('/');
    expect(document.activeElement).toBe(field);
    await person.keyboard('{Escape}');
    await waitFor(() => expect(query()).toBe(''));
    expect(field).toHaveProperty('value', '');
  });

  test('does not wait after Enter', async () => {
    const { person, query } = searching('/projects', hits(project('a')));
    await person.type(await box(), 'tea{Enter}');
    expect(query()).toBe('?q=tea');
  });

  test('keeps filters, and goes back to the first page', async () => {
    const { person, query } = searching('/projects?deployment=failed&page=2', hits());
    await person.type(await box(), 'tea');
    await waitFor(() => expect(query()).toBe('?deployment=failed&q=tea'));
  });

  test('takes over what an address brings', async () => {
    const { router } = searching('/projects?q=tea', hits(project('a')));
    const field = await box();
    await act(() => router.navigate('/projects?q=coffee'));
    expect(field).toHaveProperty('value', 'coffee');
  });

  test('searches one’s own projects alone, for those who read all', async () => {
    const search = hits(project('a'));
    searching('/projects?owner=me&q=tea', search, { role: 'Developer' });
    await listed('Project a');
    expect(vi.mocked(search).mock.calls[0]?.[0]).toMatchObject({ userId: 'u1', status: 'ACTIVE' });
  });
});

describe('everybody’s projects', () => {
  test.each(['Admin', 'Developer'] as const)(
    '[R15] are found by words, whoever they are of, by %s',
    async (role) => {
      const search = hits(project('a', { userId: 'u2' }), project('b', { userId: 'u3' }));
      const { person, query } = searching('/projects?view=table', search, { role });
      await person.type(await box(), 'tea');
      await listed('Project a', 'Project b');
      expect(query()).toBe('?q=tea&view=table');
      expect(vi.mocked(search).mock.lastCall?.[0]).toMatchObject({ words: 'tea' });
      expect(vi.mocked(search).mock.lastCall?.[0].userId).toBeUndefined();
    },
  );

  test('go on behind a page on which nothing fits', async () => {
    const search = vi.fn<Search['projects']>((_question, { nextToken }) =>
      Promise.resolve(
        nextToken === null
          ? { rows: [], unreadable: [], nextToken: 'more' }
          : { rows: [project('late')], unreadable: [], nextToken: null },
      ),
    );
    const { person } = searching('/projects?q=tea&deployment=failed', search, { role: 'Admin' });
    await person.click(await screen.findByRole('button', { name: /Next/ }));
    await waitFor(() => expect(search).toHaveBeenCalledTimes(2));
    expect(screen.queryByText(/No project has/)).toBeNull();
  });

  test('say what to do where their search is switched off', async () => {
    const search = () => Promise.reject(new HistoryFailed(400));
    searching('/projects?q=tea', search, { role: 'Admin' });
    expect(await screen.findByText(/Choose Mine to search your own/)).toBeTruthy();
  });
});

describe('hits', () => {
  test('[R15] are in the order of the search, which no column changes', async () => {
    const late = project('b', { createdAt: '2026-11-20T10:00:00.000Z' });
    searching('/projects?q=tea&view=table', hits(late, project('a')));
    await listed('Project b', 'Project a');
    const created = screen.getByRole('columnheader', { name: 'Created' });
    expect(within(created).queryByRole('button')).toBeNull();
  });

  test('come page by page', async () => {
    const rows = Array.from({ length: 25 }, (_, index) => project(`n${index}`));
    const { person, query } = searching('/projects?q=tea', hits(...rows));
    await waitFor(() => expect(names()).toHaveLength(20));
    await person.click(press('Next'));
    await listed('Project n20', 'Project n21', 'Project n22', 'Project n23', 'Project n24');
    expect(query()).toBe('?q=tea&page=2');
  });

  test('change in their place, and leave when they no longer fit', async () => {
    const { bring } = searching('/projects?q=tea', hits(project('b'), project('a')));
    await listed('Project b', 'Project a');
    act(() => bring('Project', project('b', { name: 'Project tea', version: 2 })));
    await listed('Project tea', 'Project a');
    act(() => bring('Project', project('b', { status: 'ARCHIVED', version: 3 })));
    await waitFor(() => expect(names()).not.toContain('Project tea'));
  });

  test('that cannot be shown are named', async () => {
    const search: Search['projects'] = () =>
      Promise.resolve({ rows: [project('a')], unreadable: ['x-d2b7'], nextToken: null });
    searching('/projects?q=tea', search);
    expect(await screen.findByText('This project cannot be shown')).toBeTruthy();
  });
});

describe('without a hit the page says', () => {
  test('that no project has the words, and goes on in the archive', async () => {
    const { person, query } = searching('/projects?q=zebra&deployment=failed', hits());
    expect(await screen.findByText('No project has “zebra”')).toBeTruthy();
    expect(screen.getByText(/Filters are on: last deployment failed/)).toBeTruthy();
    await person.click(press('Look in the archive'));
    expect(query()).toBe('?status=archived&deployment=failed&q=zebra');
    await person.click(await screen.findByRole('button', { name: 'Clear the search' }));
    expect(query()).toBe('?status=archived&deployment=failed');
  });

  test('that one letter is too little, and asks nothing', async () => {
    const search = hits();
    searching('/projects?q=t', search);
    expect(await screen.findByText(/Type one more/)).toBeTruthy();
    expect(search).not.toHaveBeenCalled();
  });

  test('that it could not search, and searches again', async () => {
    const search = vi.fn(hits(project('a'))).mockRejectedValue(new TypeError('Failed to fetch'));
    const { person } = searching('/projects?q=tea', search);
    expect(await screen.findByText('The projects could not be searched')).toBeTruthy();
    search.mockImplementation(hits(project('a')));
    await person.click(press('Try again'));
    await listed('Project a');
  });
});
