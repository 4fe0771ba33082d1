// @vitest-environment jsdom
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import type { ComponentType } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Accepted } from '../../src/api/commands';
import { CommandRefused, type FieldError } from '../../src/api/problem';
import type { Project, Service, Watcher } from '../../src/api/readModels';
import { CommandsProvider } from '../../src/features/commands/CommandsProvider';
import { PendingProvider } from '../../src/features/commands/PendingProvider';
import { ChangeProjectDialog } from '../../src/features/projects/ChangeProjectDialog';
import { ConfirmProjectDialog } from '../../src/features/projects/ConfirmProjectDialog';
import { AddServiceDialog } from '../../src/features/services/AddServiceDialog';
import { EditServiceDialog } from '../../src/features/services/EditServiceDialog';
import { RemoveServiceDialog } from '../../src/features/services/RemoveServiceDialog';
import { ReadModelsProvider } from '../../src/rows/ReadModelsProvider';
import { useRows } from '../../src/rows/useReadModels';
import { visible } from '../../src/rows/rows';
import { Announcer } from '../../src/ui/Announcer';
import { personOf } from '../clock';
import { fakeCommands, fakeReadModels, PROJECT } from './fakes';

const ACCEPTED: Accepted = {
  commandId: 'key-1',
  status: 'accepted',
  aggregateId: 'p1',
  version: 2,
  timestamp: '2026-11-21T10:00:00.000Z',
};

const SERVICE: Service = {
  id: 's1',
  projectId: 'p1',
  name: 'web',
  type: 'FRONTEND',
  status: 'ACTIVE',
  configuration: '{"memory":512}',
  userId: 'u1',
  owner: 'u1',
  version: 3,
  projectionVersion: 1,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
};

const close = (): void => undefined;
const Changing = () => <ChangeProjectDialog project={PROJECT} onClose={close} />;
const Adding = () => <AddServiceDialog project={PROJECT} onClose={close} />;

beforeEach(() => {
  // jsdom has the element, but does not open it.
  HTMLDialogElement.prototype.showModal = function open() {
    this.open = true;
  };
});
afterEach(cleanup);

/** A form over an API that gives one answer to every command. */
function shown(Form: ComponentType, answer: Error | Accepted, services: Service[] = []) {
  const send = vi.fn(() =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer),
  );
  const commands = fakeCommands(send);
  const watchers: Watcher<Project>[] = [];
  const readModels = fakeReadModels({
    project: () => Promise.resolve(PROJECT),
    servicesOf: () => Promise.resolve(services),
    watch: (name, watcher) => {
      if (name === 'Project') watchers.push(watcher as Watcher<Project>);
      return close;
    },
  });
  const router = createMemoryRouter(
    [
      { path: '/', element: 'The page before' },
      { path: '/form', element: <Form /> },
    ],
    { initialEntries: ['/', '/form'] },
  );
  render(
    <Announcer>
      <ReadModelsProvider readModels={readModels}>
        <CommandsProvider commands={commands}>
          <PendingProvider>
            <RouterProvider router={router} />
          </PendingProvider>
        </CommandsProvider>
      </ReadModelsProvider>
    </Announcer>,
  );
  const bring = (row: Project): void =>
    watchers.forEach(({ deliver }) => deliver({ kind: 'seen', rows: [row] }));
  const back = (): Promise<void> => act(() => router.navigate(-1));
  return { send, bring, back, person: personOf() };
}

function refusal(...errors: FieldError[]): CommandRefused {
  return new CommandRefused({ type: 'about:blank', title: 'Bad Request', status: 400, errors });
}

/** What a screen reader tells of an invalid field. */
function toldOf(field: HTMLElement): string {
  expect(field.getAttribute('aria-invalid')).toBe('true');
  const ids = field.getAttribute('aria-describedby')?.split(' ') ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent).join(' ');
}

/** Waits for what the answer of the API has to say at a field. */
const answered = (name: string, words: string): Promise<void> =>
  waitFor(() => expect(toldOf(named(name))).toContain(words));

const named = (name: string): HTMLElement => screen.getByLabelText(name);
const button = (name: string): HTMLElement => screen.getByRole('button', { name });

describe('a refusal of the API is shown at its fields', () => {
  test('[C20] of a change', async () => {
    const { person } = shown(Changing, refusal({ path: 'data.name', message: 'is taken' }));
    await person.type(named('Name'), ' II');
    await person.click(button('Save changes'));
    await answered('Name', 'Is taken.');
  });

  test('[C20] of a new service', async () => {
    const { person } = shown(
      Adding,
      refusal(
        { path: 'serviceType', message: 'API, FRONTEND or WORKER' },
        { path: 'configuration.a.b', message: 'may not be nested deeper' },
      ),
    );
    await person.type(named('Service name'), 'web');
    await person.click(button('Add service'));
    await answered('Type', 'API, FRONTEND or WORKER.');
    await answered('Configuration (optional)', 'May not be nested deeper.');
  });
});

test('what was sent is announced, and that it has arrived', async () => {
  const { person, bring } = shown(Changing, ACCEPTED);
  const announced = (): string[] =>
    screen.getAllByRole('status', { hidden: true }).map((status) => status.textContent ?? '');
  expect(announced().join('')).toBe('');
  await person.type(named('Name'), ' II');
  await person.click(button('Save changes'));
  await waitFor(() => expect(announced()).toContain('Saving Tortoise II…'));
  bring({ ...PROJECT, name: 'Tortoise II', version: 2 });
  await waitFor(() => expect(announced()).toContain('Done: the page is up to date.'));
});

describe('what was typed', () => {
  const dialog = (): HTMLElement => screen.getByRole('dialog', { hidden: true });

  test.each([
    ['Escape', (person: UserEvent) => person.keyboard('{Escape}')],
    ['Cancel', (person: UserEvent) => person.click(button('Cancel'))],
    ['Close', (person: UserEvent) => person.click(button('Close'))],
  ])('is not thrown away by %s alone', async (_, leave) => {
    const onClose = vi.fn();
    const { person } = shown(
      () => <ChangeProjectDialog project={PROJECT} onClose={onClose} />,
      ACCEPTED,
    );
    await person.type(named('Name'), ' II');
    await leave(person);
    expect(onClose).not.toHaveBeenCalled();
    expect(dialog().textContent).toContain('Throw your changes away?');

    await person.click(button('Keep editing'));
    expect(named('Name')).toHaveProperty('value', 'Tortoise II');
    await leave(person);
    await person.click(button('Throw away'));
    expect(onClose).toHaveBeenCalledOnce();
  });

  test('is not thrown away by a click outside alone, nor by a text marked to there', async () => {
    const onClose = vi.fn();
    const { person } = shown(
      () => <ChangeProjectDialog project={PROJECT} onClose={onClose} />,
      ACCEPTED,
    );
    await person.type(named('Name'), ' II');
    await person.pointer([
      { keys: '[MouseLeft>]', target: named('Name') },
      { keys: '[/MouseLeft]', target: dialog() },
    ]);
    expect(screen.queryByText('Throw your changes away?')).toBeNull();
    await person.click(dialog());
    expect(screen.getByText('Throw your changes away?')).toBeTruthy();
    expect(onClose).not.toHaveBeenCalled();
  });

  test('is not thrown away by Back alone', async () => {
    const { person, back } = shown(Changing, ACCEPTED);
    await person.type(named('Name'), ' II');
    await back();
    await person.click(button('Keep editing'));
    expect(named('Name')).toHaveProperty('value', 'Tortoise II');
    await back();
    await person.click(button('Throw away'));
    expect(await screen.findByText('The page before')).toBeTruthy();
  });

  test('keeps Back from nothing as long as there is none', async () => {
    const { back } = shown(Changing, ACCEPTED);
    await back();
    expect(screen.getByText('The page before')).toBeTruthy();
  });

  test('an untouched form closes at once', async () => {
    const onClose = vi.fn();
    const { person } = shown(
      () => <ChangeProjectDialog project={PROJECT} onClose={onClose} />,
      ACCEPTED,
    );
    await person.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledOnce();
  });
});

test('a name that is taken stands at its field', async () => {
  const taken = new CommandRefused({
    type: 'https://skafu.dev/problems/service-name-taken',
    title: 'Conflict',
    status: 409,
    detail: "The project has a service named 'web' already.",
  });
  const { person } = shown(Adding, taken);
  await person.type(named('Service name'), 'web');
  await person.click(button('Add service'));
  await answered('Service name', "a service named 'web' already.");
  expect(screen.getByRole('alert').textContent).toBe('This name is takenNothing was recorded.');
});

describe('a conflict', () => {
  const stale = new CommandRefused({ type: 'about:blank', title: 'Stale', status: 412 });
  function Conflicting() {
    const [project] = visible(useRows('Project'));
    return <ChangeProjectDialog project={project ?? PROJECT} onClose={close} />;
  }
  const theirs = { ...PROJECT, version: 2 };
  const choice = (name: RegExp) => screen.getByRole<HTMLInputElement>('radio', { name });
  const on = (onConflict: string) => ({ version: 2, onConflict });

  /** This person has changed the name; others have made `theirs` of the project meanwhile. */
  async function overtaken(change: Partial<Project>, answer: Error | Accepted = ACCEPTED) {
    const page = shown(Conflicting, answer);
    await page.person.type(named('Name'), ' II');
    act(() => page.bring({ ...theirs, ...change }));
    return page;
  }

  test('is told while one types, and asked about before anything is sent', async () => {
    const { person, send } = await overtaken({ description: 'Quick' });
    expect(screen.getByRole('alert').textContent).toContain('Description nowQuick');
    expect(named('Name')).toHaveProperty('value', 'Tortoise II');
    await person.click(button('Save changes'));
    const [alert, ...others] = screen.getAllByRole('alert');
    expect(others).toEqual([]);
    expect(alert!.textContent).toContain('Version 2 was saved');
    expect(send).not.toHaveBeenCalled();
  });

  test('shows the fields that differ and no others', async () => {
    const { person } = await overtaken({ description: 'Quick' });
    await person.click(button('Compare with mine'));
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows).toEqual(['FieldYoursNewest', 'NameTortoise IITortoise', 'DescriptionSlowQuick']);
    expect(screen.queryByText('Both changed')).toBeNull();
  });

  test('of different fields is combined unless one says otherwise', async () => {
    const { person, send } = await overtaken({ description: 'Quick' });
    await person.click(button('Save changes'));
    expect(choice(/Combine/).checked).toBe(true);
    expect(screen.getByText('Save your name; the description stays as it is now.')).toBeTruthy();
    await person.click(button('Continue'));
    const name = { name: 'Tortoise II' };
    expect(send).toHaveBeenCalledWith('p1', name, on('merge'), expect.anything());
  });

  test('about the same field is decided field by field, on the newest version', async () => {
    const { person, send } = await overtaken({ name: 'Hare', description: 'Quick' });
    await person.type(named('Description (optional)'), 'er');
    await person.click(button('Save changes'));
    expect(screen.getAllByText('Both changed')).toHaveLength(2);
    expect([choice(/field by field/).checked, choice(/Combine/).disabled]).toEqual([true, true]);
    await person.click(button('Continue'));
    expect(send).not.toHaveBeenCalled();
    const newest = screen.getByRole('region', { name: 'Newest values' });
    expect(newest.textContent).toContain('Name nowHare');
    await person.click(button('Take the newest description'));
    expect(named('Description (optional)')).toHaveProperty('value', 'Quick');
    expect(newest.textContent).not.toContain('Description');
    await person.click(button('Save changes'));
    const name = { name: 'Tortoise II' };
    expect(send).toHaveBeenCalledWith('p1', name, on('reject'), expect.anything());
  });

  test('is overwritten when one says so', async () => {
    const { person, send } = await overtaken({ name: 'Hare', description: 'Quick' });
    await person.click(button('Save changes'));
    await person.click(choice(/Overwrite/));
    await person.click(button('Continue'));
    const name = { name: 'Tortoise II' };
    expect(send).toHaveBeenCalledWith('p1', name, on('last-write-wins'), expect.anything());
  });

  test('that the API alone knew of is asked about, too', async () => {
    const { person, bring } = shown(Conflicting, stale);
    await person.type(named('Name'), ' II');
    await person.click(button('Save changes'));
    act(() => bring({ ...theirs, name: 'Hare' }));
    await waitFor(() => expect(choice(/field by field/).checked).toBe(true));
    expect(screen.getAllByRole('alert')).toHaveLength(1);
    await person.click(button('Continue'));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('is none for whom nothing was typed: the form goes on with what others made', () => {
    const { bring } = shown(Conflicting, ACCEPTED);
    act(() => bring({ ...theirs, name: 'Hare' }));
    expect(named('Name')).toHaveProperty('value', 'Hare');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('is none where both have written the same', async () => {
    const { person, send } = await overtaken({ name: 'Tortoise II' });
    expect(screen.queryByRole('alert')).toBeNull();
    await person.click(button('Save changes'));
    expect(toldOf(named('Name'))).toContain('Nothing has changed yet.');
    expect(send).not.toHaveBeenCalled();
  });
});

describe('a service', () => {
  const Editing = () => <EditServiceDialog service={SERVICE} onClose={close} />;

  test('is changed in what differs, on the version that was seen', async () => {
    const { person, send } = shown(Editing, ACCEPTED);
    await person.clear(named('Configuration (optional)'));
    await person.selectOptions(named('Type'), 'API');
    await person.click(button('Save changes'));
    expect(send).toHaveBeenCalledWith(
      { projectId: 'p1', serviceId: 's1' },
      { serviceType: 'API', configuration: {} },
      { version: 3, onConflict: 'merge' },
      expect.anything(),
    );
  });

  test('that others changed meanwhile shows what they made of it, and goes on from there', async () => {
    const stale = new CommandRefused({
      type: 'https://skafu.dev/problems/merge-conflict',
      title: 'Conflict',
      status: 409,
    });
    const { person, send } = shown(Editing, stale, [{ ...SERVICE, name: 'shop', version: 4 }]);
    await person.type(named('Service name'), ' II');
    await person.click(button('Save changes'));
    await screen.findByText('The service has changed since you opened this form');
    const row = await screen.findByRole('row', { name: /Both changed/ });
    expect(row.textContent).toContain('shop');
    await person.click(screen.getByRole('radio', { name: /Overwrite/ }));
    await person.click(button('Continue'));
    const place = { projectId: 'p1', serviceId: 's1' };
    const base = { version: 4, onConflict: 'last-write-wins' };
    const name = { serviceName: 'web II' };
    expect(send).toHaveBeenLastCalledWith(place, name, base, expect.anything());
  });

  test('without a change nothing is sent', async () => {
    const { person, send } = shown(Editing, ACCEPTED);
    await person.click(button('Save changes'));
    expect(toldOf(named('Service name'))).toContain('Nothing has changed yet.');
    expect(send).not.toHaveBeenCalled();
  });

  test('is removed after a question', async () => {
    const { person, send } = shown(
      () => <RemoveServiceDialog service={SERVICE} onClose={close} />,
      ACCEPTED,
    );
    await person.click(button('Remove service'));
    expect(send).toHaveBeenCalledWith({ projectId: 'p1', serviceId: 's1' }, expect.anything());
  });
});

describe('a project', () => {
  test('is restored after a question', async () => {
    const { person, send } = shown(
      () => <ConfirmProjectDialog action="restore-project" project={PROJECT} onClose={close} />,
      ACCEPTED,
    );
    await person.click(button('Restore project'));
    expect(send).toHaveBeenCalledWith('restore-project', 'p1', expect.anything());
  });

  test('is deleted only when its name was typed', async () => {
    const { person, send } = shown(
      () => <ConfirmProjectDialog action="delete-project" project={PROJECT} onClose={close} />,
      ACCEPTED,
    );
    await person.click(button('Delete project'));
    expect(send).not.toHaveBeenCalled();
    await person.type(named('Type the project’s name to confirm'), 'Tortoise');
    await person.click(button('Delete project'));
    expect(send).toHaveBeenCalledWith('delete-project', 'p1', expect.anything());
  });
});
