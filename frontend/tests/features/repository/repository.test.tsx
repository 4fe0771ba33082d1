// @vitest-environment jsdom
import { act, cleanup, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Archive } from '../../../src/api/commands';
import type { Project } from '../../../src/api/readModels';
import { ApiUnreachable, CommandRefused } from '../../../src/api/problem';
import { fileNameOf } from '../../../src/features/repository/repository';
import { ACCEPTED, press, type Shown, showPage } from '../pages';
import { PROVISIONED, READY, TEMPLATE } from '../rows';

afterEach(cleanup);
afterEach(() => frame()?.remove());

const frame = () => document.querySelector<HTMLIFrameElement>('iframe[title="Download"]');

function show(project: Project, shown: Shown = {}, tab = '/repository') {
  return showPage(`/projects/p1${tab}`, {
    ...shown,
    rows: {
      project: () => Promise.resolve(project),
      templates: () => Promise.resolve([TEMPLATE]),
    },
  });
}

const ARCHIVE: Archive = {
  url: 'https://archives.example/signed',
  fileName: 'the-shop.zip',
  expiresAt: '2026-11-28T20:13:09.000Z',
  bytes: 38_912,
  sha256: null,
};

const refusal = (status: number): CommandRefused =>
  new CommandRefused({ type: 'about:blank', title: 'No', status });

describe('an archive', () => {
  test('is downloaded by a link that is made when somebody clicks', async () => {
    const archiveOf = vi.fn(() => Promise.resolve(ARCHIVE));
    const { person } = show(READY, { said: { archiveOf } });
    const archive = within(await screen.findByRole('region', { name: 'Archive' }));
    expect(archive.getByText(/24 files, 38 KB/)).toBeTruthy();
    expect(archive.getByRole('button', { name: /SHA-256, …9c41/ })).toBeTruthy();
    expect(archiveOf).not.toHaveBeenCalled();
    await person.click(archive.getByRole('button', { name: /Download/ }));
    expect(await screen.findByText('the-shop.zip')).toBeTruthy();
    expect(frame()?.src).toBe('https://archives.example/signed');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('that the storage refuses leaves the page, and is tried again at its place', async () => {
    const archiveOf = vi.fn(() => Promise.resolve(ARCHIVE));
    const { person } = show(READY, { said: { archiveOf } });
    await person.click(await screen.findByRole('button', { name: /Download/ }));
    // Only what is not a file to be saved is loaded.
    act(() => void frame()?.dispatchEvent(new Event('load')));
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The archive cannot be reached right now')).toBeTruthy();
    expect(frame()).toBeNull();
    await person.click(alert.getByRole('button', { name: 'Try again' }));
    expect(archiveOf).toHaveBeenCalledTimes(2);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('is downloaded from every tab of its project, with its failure at its place', async () => {
    const archiveOf = vi.fn(() => Promise.reject(new ApiUnreachable()));
    const { person } = show(READY, { said: { archiveOf } }, '');
    await person.click(await screen.findByRole('button', { name: /Download/ }));
    const alert = await screen.findByRole('alert');
    await person.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(archiveOf).toHaveBeenCalledTimes(2);
  });

  test('that cannot be reached says so, and can be asked for again', async () => {
    const archiveOf = () => Promise.reject(new ApiUnreachable());
    const { person } = show(READY, { said: { archiveOf } });
    await person.click(await screen.findByRole('button', { name: /Download/ }));
    expect(await screen.findByRole('alert')).toBeTruthy();
    expect(press(/Download/).hasAttribute('disabled')).toBe(false);
  });

  test.each([
    [new ApiUnreachable(), 'No answer from the server'],
    [refusal(401), 'You are signed out'],
    [refusal(404), 'The archive is not there'],
    [refusal(503), 'The archive cannot be reached right now'],
  ])('says nothing of records, because a download makes none: %s', async (failure, title) => {
    const archiveOf = () => Promise.reject(failure);
    const { person } = show(READY, { said: { archiveOf } });
    await person.click(await screen.findByRole('button', { name: /Download/ }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain(title);
    expect(alert.textContent).not.toMatch(/recorded|form|change it/);
  });

  test('shows the files as the template made them, as long as it is that revision', async () => {
    show(READY);
    expect(await screen.findByRole('tree', { name: 'Files of the archive' })).toBeTruthy();
    cleanup();
    show({ ...READY, templateRevision: 3 });
    await screen.findByRole('region', { name: 'Archive' });
    expect(screen.queryByRole('tree')).toBeNull();
  });
});

describe('a repository elsewhere', () => {
  const linked: Project = {
    ...READY,
    repositoryProvider: 'GITHUB',
    repositoryUrl: 'https://github.com/octocat/shop',
  };

  test('is shown as text, never as a link', async () => {
    show(linked);
    const address = await screen.findByText('https://github.com/octocat/shop');
    expect(address.closest('a')).toBeNull();
    expect(screen.getByText('Linked with GitHub')).toBeTruthy();
  });

  test('is unlinked after a question', async () => {
    const { person, send } = show(linked);
    await person.click(await screen.findByRole('button', { name: /Unlink/ }));
    await person.click(press('Unlink the repository'));
    expect(send).toHaveBeenCalledWith('unlink-repository', 'p1', expect.anything());
  });

  test.each<[string, Partial<Project>]>([
    ['is being set up', { provisioning: 'RUNNING' }],
    ['is being taken back', { provisioning: 'ABANDONED' }],
    ['is archived', { status: 'ARCHIVED' }],
  ])('is not unlinked while the project %s', async (_, change) => {
    show({ ...linked, ...change });
    await screen.findByText('Linked with GitHub');
    expect(screen.queryByRole('button', { name: /Unlink/ })).toBeNull();
  });

  test('is not unlinked twice', async () => {
    const { person } = show(linked, { answer: { ...ACCEPTED, version: linked.version + 1 } });
    await person.click(await screen.findByRole('button', { name: /Unlink/ }));
    await person.click(press('Unlink the repository'));
    await screen.findByText(/Unlinking the repository of/, { selector: '.pending-note *' });
    expect(screen.queryByRole('button', { name: /Unlink/ })).toBeNull();
  });

  test('is only read by those who may not change the project', async () => {
    show(linked, { role: 'Developer' });
    await screen.findByText('Linked with GitHub');
    expect(screen.queryByRole('button', { name: /Unlink/ })).toBeNull();
  });
});

test('where there is none, the page says when it comes', async () => {
  show(PROVISIONED);
  expect(await screen.findByRole('link', { name: 'See how far it is' })).toBeTruthy();
});

test.each([
  ['Mobile checkout', 'Mobile-checkout.zip'],
  [' Zoë’s Shop! ', 'Zoë-s-Shop.zip'],
  ['🫖', 'project.zip'],
])('%j is saved as %s', (name, file) => {
  expect(fileNameOf({ name })).toBe(file);
});
