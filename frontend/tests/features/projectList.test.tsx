// @vitest-environment jsdom
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Commands } from '../../src/api/commands';
import type { OwnerSummary, Project, ReadModels, Watcher } from '../../src/api/readModels';
import { CommandsProvider } from '../../src/features/commands/CommandsProvider';
import { PendingProvider } from '../../src/features/commands/PendingProvider';
import { ProjectListPage } from '../../src/features/projects/ProjectListPage';
import { SearchProvider } from '../../src/features/projects/SearchProvider';
import type { Session } from '../../src/features/session/session';
import { SessionContext } from '../../src/features/session/SessionProvider';
import { ReadModelsProvider } from '../../src/rows/ReadModelsProvider';
import { personOf } from '../clock';
import { fakeReadModels, noHits, PROJECT } from './fakes';

afterEach(cleanup);

const OWNER: Session = { userId: 'u1', email: 'owner@skafu.dev', role: 'Owner' };
const SUMMARY: OwnerSummary = {
  id: 'u1',
  userId: 'u1',
  owner: 'u1',
  active: 142,
  archived: 3,
  services: 0,
  deployments: 0,
  version: 7,
  projectionVersion: 1,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
};
const time = (number: number): string => new Date(Date.UTC(2026, 10, 21, 10, number)).toISOString();
const project = (number: number, others: Partial<Project> = {}): Project => ({
  ...PROJECT,
  id: `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
  name: `Project ${number}`,
  createdAt: time(number),
  updatedAt: time(number),
  ...others,
});

/** The API's pages: as many rows as asked for at a time, newest first, whatever the filter leaves. */
function paged(rows: Project[]): ReadModels['projects'] {
  const ordered = [...rows].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  return ({ status, oldestFirst }, { limit, nextToken }) => {
    const all = oldestFirst ? ordered.toReversed() : ordered;
    const start = Number(nextToken ?? 0);
    const next = start + limit;
    return Promise.resolve({
      rows: all.slice(start, next).filter((row) => row.status === status),
      nextToken: next < all.length ? String(next) : null,
    });
  };
}

function shown(
  rows: Project[],
  address = '/projects',
  session = OWNER,
  said: Partial<ReadModels> = {},
) {
  const watchers: Watcher<Project>[] = [];
  const counters: Watcher<OwnerSummary>[] = [];
  const projects = vi.fn(paged(rows));
  const readModels = fakeReadModels({
    projects,
    ...said,
    watch: (name, watcher) => {
      if (name === 'Project') watchers.push(watcher as unknown as Watcher<Project>);
      if (name === 'OwnerSummary') counters.push(watcher as unknown as Watcher<OwnerSummary>);
      return () => undefined;
    },
  });
  const router = createMemoryRouter([{ path: '/projects', element: <ProjectListPage /> }], {
    initialEntries: [address],
  });
  const commands = {} as Commands;
  render(
    <SessionContext value={session}>
      <CommandsProvider commands={commands}>
        <ReadModelsProvider readModels={readModels}>
          <SearchProvider search={{ projects: noHits }}>
            <PendingProvider>
              <RouterProvider router={router} />
            </PendingProvider>
          </SearchProvider>
        </ReadModelsProvider>
      </CommandsProvider>
    </SessionContext>,
  );
  const bring = (row: Project): void =>
    act(() => watchers.forEach(({ deliver }) => deliver({ kind: 'seen', rows: [row] })));
  const count = (row: OwnerSummary): void =>
    act(() => counters.forEach(({ deliver }) => deliver({ kind: 'seen', rows: [row] })));
  const search = (): string => router.state.location.search;
  return { bring, count, projects, router, search, person: personOf() };
}

const many = (count: number): Project[] =>
  Array.from({ length: count }, (_, index) => project(index));
const names = (): (string | null)[] =>
  screen.queryAllByRole('link', { name: /^Project/ }).map((link) => link.textContent);
const settled = () => waitFor(() => expect(names().length).toBeGreaterThan(0));

describe('a list', () => {
  test('of fewer than twenty is cards, of more a table, and the choice overrules it', async () => {
    shown(many(19));
    await settled();
    expect(screen.queryByRole('table')).toBeNull();
    cleanup();
    const { person, search } = shown(many(20));
    await waitFor(() => expect(screen.getByRole('table')).toBeTruthy());
    await person.click(screen.getByRole('button', { name: 'Cards' }));
    expect(screen.queryByRole('table')).toBeNull();
    expect(search()).toBe('?view=cards');
  });

  test('is read page by page, and its pages are in the address', async () => {
    const { person, projects, search, router } = shown(many(45));
    await settled();
    expect(names()).toHaveLength(20);
    expect(names()[0]).toBe('Project 44');
    expect(projects.mock.calls.every(([, { limit }]) => limit === 21)).toBe(true);
    const before = projects.mock.calls.length;
    await person.click(screen.getByRole('button', { name: 'Next' }));
    await waitFor(() => expect(names()[0]).toBe('Project 24'));
    expect(projects.mock.calls.length - before).toBe(1);
    expect(search()).toBe('?page=2');
    await person.click(screen.getByRole('button', { name: 'Next' }));
    await waitFor(() => expect(names()).toHaveLength(5));
    expect(screen.getByRole('button', { name: 'Next' })).toHaveProperty('disabled', true);
    await act(() => router.navigate(-1));
    expect(names()[0]).toBe('Project 24');
  });

  describe('says how many projects there are', () => {
    const summaryOf = vi.fn(() => Promise.resolve(SUMMARY));
    const pager = () => screen.getByRole('navigation', { name: 'Pages of projects' });

    test('when they have been counted, and follows the count', async () => {
      const { count } = shown(many(45), '/projects', OWNER, { summaryOf });
      await waitFor(() => expect(within(pager()).getByText('1–20 of 142')).toBeTruthy());
      expect(summaryOf).toHaveBeenCalledExactlyOnceWith('u1');
      count({ ...SUMMARY, version: 8, active: 143 });
      expect(within(pager()).getByText('1–20 of 143')).toBeTruthy();
    });

    test.each([
      { address: '/projects?state=failed', session: OWNER },
      { address: '/projects', session: { ...OWNER, role: 'Admin' } as const },
    ])('but not in another list: $session.role, $address', async ({ address, session }) => {
      const rows = many(45).map((row) => ({ ...row, provisioning: 'FAILED' as const }));
      shown(rows, address, session, { summaryOf });
      await settled();
      expect(within(pager()).getByText('1–20')).toBeTruthy();
    });
  });

  test('leads back from a page that it has not', async () => {
    const { person, search } = shown(many(3), '/projects?page=9&view=table');
    await person.click(await screen.findByRole('button', { name: 'Go to the first page' }));
    await settled();
    expect(search()).toBe('?view=table');
  });

  test('goes on reading where a filter has left a page empty', async () => {
    const rows = many(60).map((row, index) =>
      index < 3 ? { ...row, status: 'ARCHIVED' as const } : row,
    );
    shown(rows, '/projects?status=archived');
    await settled();
    expect(names()).toEqual(['Project 2', 'Project 1', 'Project 0']);
  });

  test('has a name for each of its choices', async () => {
    shown(many(2));
    await settled();
    expect(screen.getByRole('group', { name: 'Status' })).toBeTruthy();
    expect(screen.getByRole('group', { name: 'View' })).toBeTruthy();
  });

  test('is sorted by the address, and says so to those who hear it', async () => {
    const { person, search } = shown(many(25));
    await settled();
    const created = screen.getByRole('columnheader', { name: 'Created' });
    expect(created.getAttribute('aria-sort')).toBe('descending');
    await person.click(within(created).getByRole('button'));
    await waitFor(() => expect(names()[0]).toBe('Project 0'));
    expect(search()).toBe('?sort=oldest');
  });
});

describe('what happens elsewhere', () => {
  test('waits until it is asked for when it would move what one looks at', async () => {
    const { bring, person } = shown(many(2));
    await settled();
    bring(project(5));
    bring(project(6));
    expect(names()).toEqual(['Project 1', 'Project 0']);
    expect(screen.getByText(/2 projects were created/)).toBeTruthy();
    await person.click(screen.getByRole('button', { name: 'Show them' }));
    expect(names()).toEqual(['Project 6', 'Project 5', 'Project 1', 'Project 0']);
  });

  test('is shown at once in an empty list', async () => {
    const { bring } = shown([]);
    await waitFor(() => expect(screen.getByText('No projects yet')).toBeTruthy());
    bring(project(5));
    expect(names()).toEqual(['Project 5']);
  });

  test('changes a row in its place and marks it alone', async () => {
    const { bring } = shown(many(3));
    await settled();
    bring(project(1, { name: 'Project one', version: 2 }));
    expect(names()).toEqual(['Project 2', 'Project one', 'Project 0']);
    expect(document.querySelectorAll('.changed')).toHaveLength(1);
  });

  test('takes an archived row out', async () => {
    const { bring } = shown(many(3));
    await settled();
    bring(project(1, { status: 'ARCHIVED', version: 2 }));
    expect(names()).toEqual(['Project 2', 'Project 0']);
  });
});

describe('an open form', () => {
  async function configuring(rows: Project[]) {
    HTMLDialogElement.prototype.showModal = function open() {
      this.open = true;
    };
    const page = shown(rows);
    await settled();
    await page.person.click(screen.getByRole('button', { name: 'More about Project 1' }));
    await page.person.click(screen.getByRole('menuitem', { name: 'Configure…' }));
    await page.person.type(await screen.findByLabelText('Region'), 'eu-west-1');
    return page;
  }

  test.each([1, 2])(
    'of a list of %d keeps what was typed when its project leaves it',
    async (count) => {
      const { bring } = await configuring(many(3).slice(1, 1 + count));
      bring(project(1, { status: 'ARCHIVED', version: 2 }));
      expect(names()).toEqual(count === 1 ? [] : ['Project 2']);
      expect(screen.getByLabelText('Region')).toHaveProperty('value', 'eu-west-1');
    },
  );

  test('goes with a project that was deleted, and does not come back with its row', async () => {
    const { bring } = await configuring(many(2));
    bring(project(1, { status: 'DELETED', version: 2 }));
    expect(screen.queryByLabelText('Region')).toBeNull();
    bring(project(1, { version: 3 }));
    expect(names()).toEqual(['Project 1', 'Project 0']);
    expect(screen.queryByLabelText('Region')).toBeNull();
  });
});

describe('a row that cannot be read', () => {
  const broken = { id: 'x-d2b7', createdAt: time(1), version: 4, isUnreadable: true } as const;
  const projects: ReadModels['projects'] = () =>
    Promise.resolve({ rows: [project(2), broken, project(0)], nextToken: null });

  test.each(['table', 'cards'])('stays in its place with its id, in %s', async (view) => {
    shown([], `/projects?view=${view}`, OWNER, { projects });
    await settled();
    const [before, row, after] = [...document.querySelectorAll('[data-project-id]')];
    expect([before?.textContent, after?.textContent].join()).toMatch(/Project 2.*Project 0/);
    expect(row?.textContent).toContain('This project cannot be shown');
    const copy = within(row as HTMLElement).getByRole('button', { name: /…d2b7/ });
    expect(copy.title).toBe('x-d2b7');
    const history = within(row as HTMLElement).getByRole('link', { name: 'History' });
    expect(history.getAttribute('href')).toBe('/projects/x-d2b7/history');
  });

  test('has no way to its history for those who may not read it', async () => {
    const developer = { ...OWNER, role: 'Developer' } as const;
    shown([], '/projects', developer, { projects });
    await settled();
    expect(screen.getByText('This project cannot be shown')).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'History' })).toBeNull();
  });
});

describe('a list that was read again', () => {
  test('loses what was deleted while nobody told the page of it', async () => {
    const rows = many(2);
    const gone: string[] = [];
    const said: Partial<ReadModels> = {
      project: (id) => {
        gone.push(id);
        return Promise.resolve({ ...project(2), status: 'DELETED', version: 2 });
      },
    };
    const { bring } = shown(rows, '/projects', OWNER, said);
    await settled();
    bring(project(2));
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    await waitFor(() => expect(gone).toEqual([project(2).id]));
    await waitFor(() => expect(screen.queryByText(/1 project was created/)).toBeNull());
  });

  test('keeps what its index does not have yet', async () => {
    const said: Partial<ReadModels> = { project: () => Promise.resolve(project(2)) };
    const { bring, projects } = shown(many(2), '/projects', OWNER, said);
    await settled();
    bring(project(2));
    const before = projects.mock.calls.length;
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    await waitFor(() => expect(projects.mock.calls.length).toBeGreaterThan(before));
    expect(await screen.findByText(/1 project was created/)).toBeTruthy();
  });
});

describe('a filtered list', () => {
  test('has a row as soon as it fits', async () => {
    const failed = project(0, { lastDeploymentStatus: 'FAILED' });
    const { bring } = shown([failed], '/projects?deployment=failed');
    await settled();
    bring(project(1));
    expect(names()).toEqual(['Project 0']);
    bring(project(1, { lastDeploymentStatus: 'FAILED', version: 2, createdAt: time(0) }));
    expect(names()).toEqual(['Project 1', 'Project 0']);
  });
});

describe('a list without rows says', () => {
  test('which filters are on, and takes them off', async () => {
    const { person, search } = shown(many(2), '/projects?template=Worker&deployment=failed');
    await waitFor(() => expect(screen.getByText('No project fits')).toBeTruthy());
    expect(screen.getByText(/template Worker, last deployment failed/)).toBeTruthy();
    await person.click(screen.getByRole('button', { name: 'Clear the filters' }));
    await settled();
    expect(search()).toBe('');
  });

  test('that nothing is archived', async () => {
    shown([], '/projects?status=archived');
    await waitFor(() => expect(screen.getByText('Nothing archived')).toBeTruthy());
  });

  test('that it could not be read, and reads again', async () => {
    const person = personOf();
    const failing = vi.fn(() => Promise.reject(new TypeError('Failed to fetch')));
    const readModels = fakeReadModels({ projects: failing });
    const router = createMemoryRouter([{ path: '*', element: <ProjectListPage /> }]);
    render(
      <SessionContext value={OWNER}>
        <ReadModelsProvider readModels={readModels}>
          <SearchProvider search={{ projects: noHits }}>
            <PendingProvider>
              <RouterProvider router={router} />
            </PendingProvider>
          </SearchProvider>
        </ReadModelsProvider>
      </SessionContext>,
    );
    await waitFor(() => expect(screen.getByRole('alert')).toBeTruthy());
    const before = failing.mock.calls.length;
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(failing.mock.calls.length).toBeGreaterThan(before));
  });
});

describe('everybody’s projects', () => {
  test.each(['Developer', 'Admin'] as const)('are shown to a %s', async (role) => {
    const rows = [project(1), project(2, { userId: 'u2' })];
    const { projects } = shown(rows, '/projects?view=table', { ...OWNER, role });
    await settled();
    expect(projects.mock.calls[0]?.[0]).toMatchObject({ userId: undefined, status: 'ACTIVE' });
    expect(screen.getByRole('columnheader', { name: 'Owner' })).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'New project' }) !== null).toBe(role === 'Admin');
  });

  test('are narrowed to one’s own by the address', async () => {
    const { projects } = shown([project(1)], '/projects?owner=me', { ...OWNER, role: 'Admin' });
    await settled();
    expect(projects.mock.calls[0]?.[0]).toMatchObject({ userId: 'u1' });
  });
});

describe('one’s own projects among everybody’s', () => {
  const mine = (role: 'Admin' | 'Developer', status = '') =>
    shown([], `/projects?owner=me${status}`, { ...OWNER, role });

  test('are headed so', async () => {
    mine('Admin');
    expect(await screen.findByText('Your projects')).toBeTruthy();
    expect(screen.queryByText('Everybody’s projects')).toBeNull();
  });

  test.each(['', '&status=archived'])(
    'are missed without saying that there are none: %s',
    async (status) => {
      const { person, search } = mine('Developer', status);
      await person.click(await screen.findByRole('button', { name: 'Show everybody’s projects' }));
      expect(search()).not.toContain('owner');
    },
  );
});

describe('whose project it is', () => {
  test.each<[string, Partial<Project>, string]>([
    ['is said by both', { userEmail: 'x@example.org', userName: 'Xenia' }, 'Xenia, x@example.org'],
    ['is said by the e-mail alone', { userEmail: 'x@example.org' }, 'x@example.org'],
    ['is said by the name without an e-mail', { userName: 'Xenia', userEmail: null }, 'Xenia'],
    ['stays the account once its person is forgotten', {}, '…u2'],
  ])('%s', async (_, person, words) => {
    const rows = [project(1, { userId: 'u2', ...person })];
    shown(rows, '/projects?view=table', { ...OWNER, role: 'Developer' });
    await settled();
    const row = screen.getByRole('row', { name: /Project 1/ });
    expect(row.textContent).toContain(words);
    expect(within(row).getByRole('button', { name: /the owner of Project 1/ }).title).toBe('u2');
  });
});
