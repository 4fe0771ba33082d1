// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HistoryFailed } from '../../src/api/history';
import { CommandRefused } from '../../src/api/problem';
import { FailureAlert } from '../../src/features/commands/FailureAlert';
import { Address } from '../../src/features/deployments/DeploymentTable';
import { took } from '../../src/features/deployments/took';
import { percent } from '../../src/features/project/percent';
import { chooseScheme, chosenScheme } from '../../src/ui/colourScheme';
import { Announcer, useAnnouncement } from '../../src/ui/Announcer';
import { CopyId } from '../../src/ui/CopyId';
import { Dialog } from '../../src/ui/Dialog';
import { ErrorState } from '../../src/ui/ErrorState';
import { FileTree } from '../../src/ui/FileTree';
import { entriesOf } from '../../src/ui/fileTree';
import { PageFailed } from '../../src/ui/PageFailed';
import { Pager } from '../../src/ui/Pager';
import { SKELETON_AFTER, Skeleton } from '../../src/ui/Skeleton';
import { Steps } from '../../src/ui/Steps';
import { SHOWN_FOR, type Toast, ToastProvider, useToast } from '../../src/ui/Toasts';
import { personOf } from '../clock';

afterEach(cleanup);

describe('a tree of files', () => {
  const paths = ['README.md', 'src/b.py', 'src/a.py', 'src/lib/c.py'];

  test('has folders first, and nothing below a closed one', () => {
    const lines = (closed: string[]): string[] =>
      entriesOf(paths, new Set(closed)).map(({ path, depth }) => `${depth} ${path}`);
    expect(lines([])).toEqual([
      '0 src',
      '1 src/lib',
      '2 src/lib/c.py',
      '1 src/a.py',
      '1 src/b.py',
      '0 README.md',
    ]);
    expect(lines(['src'])).toEqual(['0 src', '0 README.md']);
  });

  test('is one stop for Tab, and the arrows go through it', async () => {
    const select = vi.fn();
    render(<FileTree label="Files" paths={paths} selected={undefined} onSelect={select} />);
    const person = personOf();
    const stops = (): number => document.querySelectorAll('[role="treeitem"][tabindex="0"]').length;
    await person.tab();
    expect(document.activeElement?.getAttribute('data-path')).toBe('src');
    await person.keyboard('{ArrowLeft}');
    expect(screen.getAllByRole('treeitem')).toHaveLength(2);
    await person.keyboard('{ArrowRight}{ArrowDown}{ArrowDown}{Enter}');
    expect(select).toHaveBeenCalledWith('src/lib/c.py');
    await person.keyboard('{ArrowLeft}');
    expect(document.activeElement?.getAttribute('data-path')).toBe('src/lib');
    await person.keyboard('{End}');
    expect(document.activeElement?.getAttribute('data-path')).toBe('README.md');
    expect(stops()).toBe(1);
  });
});

describe('a notice', () => {
  function shown(toast: Toast): void {
    function Saying() {
      const say = useToast();
      return <button onClick={() => say(toast)}>say</button>;
    }
    render(
      <ToastProvider>
        <Saying />
      </ToastProvider>,
    );
    fireEvent.click(screen.getByText('say'));
  }
  const later = (time: number): void => act(() => void vi.advanceTimersByTime(time));

  test('goes by itself, later while somebody looks at it', () => {
    shown({ text: 'Storefront was archived.' });
    const notice = screen.getByText('Storefront was archived.');
    fireEvent.mouseEnter(notice.closest('.toast')!);
    later(SHOWN_FOR * 2);
    expect(screen.queryByText('Storefront was archived.')).not.toBeNull();
    fireEvent.mouseLeave(notice.closest('.toast')!);
    later(SHOWN_FOR);
    expect(screen.queryByText('Storefront was archived.')).toBeNull();
  });

  test('stays when it is a refusal', () => {
    shown({ text: 'Refused', isRefusal: true });
    later(SHOWN_FOR * 10);
    expect(screen.getByRole('alert').textContent).toContain('Refused');
    fireEvent.click(screen.getByRole('button', { name: 'Close the notice' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('takes back what it tells of', () => {
    const undo = vi.fn();
    shown({ text: 'Archived', action: { label: 'Undo', onSelect: undo } });
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(undo).toHaveBeenCalledTimes(1);
    expect(screen.queryByText('Archived')).toBeNull();
  });

  test('a skeleton comes only when a reading takes its time', () => {
    render(
      <Announcer>
        <Skeleton label="Reading">
          <hr />
        </Skeleton>
      </Announcer>,
    );
    expect(document.querySelector('hr')).toBeNull();
    expect(screen.getByRole('status').textContent).toBe('');
    later(SKELETON_AFTER);
    expect(document.querySelector('hr')).not.toBeNull();
    expect(screen.getByRole('status').textContent).toBe('Reading');
  });
});

describe('the live region', () => {
  const Saying = ({ text }: { text: string }) => (useAnnouncement(text), null);

  test('is one for all, and takes away what is over', () => {
    const says = (...texts: string[]) => (
      <Announcer>
        {texts.map((text) => (
          <Saying key={text} text={text} />
        ))}
      </Announcer>
    );
    const { rerender } = render(says('one', 'two'));
    expect(screen.getByRole('status').textContent).toBe('onetwo');
    expect(screen.getByRole('status').getAttribute('aria-atomic')).toBe('false');
    rerender(says('two'));
    expect(screen.getByRole('status').textContent).toBe('two');
  });

  test('says what a notice tells', () => {
    function Telling() {
      const say = useToast();
      return <button onClick={() => say({ text: <b>Archived</b> })}>say</button>;
    }
    render(
      <Announcer>
        <ToastProvider>
          <Telling />
        </ToastProvider>
      </Announcer>,
    );
    fireEvent.click(screen.getByText('say'));
    expect(screen.getByRole('status').textContent).toBe('Archived');
  });

  test('speaks from within a dialog, outside of which all is inert', () => {
    HTMLDialogElement.prototype.showModal = () => undefined;
    const page = (isOpen: boolean) => (
      <Announcer>
        <RouterProvider
          router={createMemoryRouter([
            {
              path: '*',
              element: isOpen && (
                <Dialog title="Edit" onClose={() => undefined}>
                  <Saying text="Trying again" />
                </Dialog>
              ),
            },
          ])}
        />
      </Announcer>
    );
    const { rerender } = render(page(true));
    const region = screen.getByText('Trying again').closest('[role="status"]')!;
    expect(region.closest('dialog')).not.toBeNull();
    rerender(page(false));
    expect(region.parentElement).toBe(document.body);
    rerender(page(true));
    cleanup();
    expect(document.querySelector('[role="status"]')).toBeNull();
  });
});

test('steps say their state in words, and which one is running', () => {
  render(
    <Steps
      label="Provisioning"
      steps={[
        { key: 'a', title: 'Template chosen', state: 'done' },
        { key: 'b', title: 'Analysing', state: 'run', what: 'until 10:05' },
        { key: 'c', title: 'Create the repository', state: 'wait' },
      ]}
    />,
  );
  const steps = screen.getAllByRole('listitem');
  expect(steps.map((step) => step.getAttribute('aria-current'))).toEqual([null, 'step', null]);
  expect(steps.map((step) => step.querySelector('h2')?.textContent)).toEqual([
    'Template chosen (Done)',
    'Analysing (Running)',
    'Create the repository (Not begun)',
  ]);
});

test('a pager names what is shown, and ends where the list ends', () => {
  const turn = vi.fn();
  render(<Pager of="projects" page={2} size={20} count={5} hasNext={false} onChange={turn} />);
  expect(screen.getByText('21–25')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Next' })).toHaveProperty('disabled', true);
  fireEvent.click(screen.getByRole('button', { name: 'Previous' }));
  expect(turn).toHaveBeenCalledWith(1);
});

test.each([
  { page: 1, count: 20, hasNext: true, total: 142, said: '1–20 of 142' },
  { page: 1, count: 20, hasNext: true, total: undefined, said: '1–20' },
  // The count is behind what is shown, or ahead of the last page.
  { page: 2, count: 20, hasNext: true, total: 40, said: '21–40' },
  { page: 2, count: 5, hasNext: false, total: 26, said: '21–25 of 25' },
])('a pager tells how many there are: $said', ({ said, ...shown }) => {
  render(<Pager of="projects" size={20} onChange={() => undefined} {...shown} />);
  expect(screen.getByText(said)).toBeTruthy();
});

test('a theme that was chosen stays, and the system is followed again', () => {
  chooseScheme('dark');
  expect([chosenScheme(), document.documentElement.dataset.theme]).toEqual(['dark', 'dark']);
  chooseScheme('system');
  expect([chosenScheme(), document.documentElement.dataset.theme]).toEqual(['system', undefined]);
  localStorage.setItem('skafu-theme', 'pink');
  expect(chosenScheme()).toBe('system');
});

test('a theme is chosen for the page also where the browser keeps nothing', () => {
  const blocked = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(blocked);
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(blocked);
  expect(chosenScheme()).toBe('system');
  chooseScheme('dark');
  expect(document.documentElement.dataset.theme).toBe('dark');
  delete document.documentElement.dataset.theme;
});

test('a page that cannot be drawn promises nothing that it does not do', async () => {
  vi.spyOn(console, 'error').mockReturnValue(undefined);
  const Broken = (): never => {
    throw new TypeError('undefined is not an object');
  };
  const route = { path: '*', element: <Broken />, errorElement: <PageFailed /> };
  render(<RouterProvider router={createMemoryRouter([route])} />);
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('It may be of an older release. Load it again.');
  expect(alert.textContent).not.toMatch(/server|by itself/);
});

test.each([
  ['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:00.045Z', '45 ms'],
  ['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:12.000Z', '12 s'],
  ['2026-11-21T10:00:00.000Z', '2026-11-21T10:03:04.000Z', '3 min 04 s'],
  ['2026-11-21T10:00:00.000Z', '2026-11-21T12:05:00.000Z', '2 h 05 min'],
  ['2026-11-21T10:00:01.000Z', '2026-11-21T10:00:00.000Z', '0 ms'],
])('from %s to %s it took %s', (from, to, words) => {
  expect(took(from, to)).toBe(words);
});

test.each([
  [1, '100 %'],
  [0.9999, '99.9 %'],
  [2 / 3, '66.7 %'],
  [0, '0 %'],
])('%d is %s', (share, words) => {
  expect(percent(share)).toBe(words);
});

test.each([
  ['https://shop.example.com/', true],
  ['http://shop.example.com/', false],
  ['https://github.com@shop.example.com/', false],
  ['javascript:alert(1)', false],
  ['shop', false],
])('the address %s is a link: %s', (url, isLink) => {
  render(<Address url={url} />);
  expect(screen.queryAllByRole('link')).toHaveLength(isLink ? 1 : 0);
  expect(document.body.textContent).toContain(url.replace('https://', '').replace(/\/$/, ''));
});

describe('a failure', () => {
  const problem = (status: number) => ({ type: 'about:blank', title: 'No', status, detail: 'No' });

  test('of a reading can be looked up by its request', () => {
    const failed = new HistoryFailed(503, 'request-4711');
    render(<ErrorState title="The history could not be read" error={failed} onRetry={vi.fn()} />);
    expect(screen.getByRole('alert').textContent).toContain('The server could not answer this.');
    expect(screen.getByRole('button', { name: 'Copy the id of the request, …4711' })).toBeTruthy();
  });

  test.each([
    [503, 1],
    [409, 0],
  ])('of a command that is answered with %s has %s request to look up', (status, count) => {
    const failure = new CommandRefused(problem(status), undefined, 'request-4711');
    render(<FailureAlert failure={failure} />);
    expect(screen.queryAllByRole('button', { name: /the id of the request/ })).toHaveLength(count);
  });
});

test.each([
  ['Copied', () => Promise.resolve()],
  ['Could not be copied', () => Promise.reject(new DOMException('No', 'NotAllowedError'))],
])('an id says what became of its copying: %s', async (words, writeText) => {
  render(<CopyId id="p-4711" of="Tortoise" />);
  const person = personOf();
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
  await person.click(screen.getByRole('button', { name: /Copy the id of Tortoise/ }));
  expect(await screen.findByRole('button', { name: words })).toBeTruthy();
});
