// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ComponentType } from 'react';
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
  render(
    <ReadModelsProvider readModels={readModels}>
      <CommandsProvider commands={commands}>
        <PendingProvider>
          <Form />
        </PendingProvider>
      </CommandsProvider>
    </ReadModelsProvider>,
  );
  const bring = (row: Project): void =>
    watchers.forEach(({ deliver }) => deliver({ kind: 'seen', rows: [row] }));
  return { send, bring, person: userEvent.setup() };
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

const named = (name: string): HTMLElement => screen.getByLabelText(name);
const button = (name: string): HTMLElement => screen.getByRole('button', { name });

describe('a refusal of the API is shown at its fields', () => {
  test('[C20] of a change', async () => {
    const { person } = shown(Changing, refusal({ path: 'data.name', message: 'is taken' }));
    await person.type(named('Name'), ' II');
    await person.click(button('Save changes'));
    expect(toldOf(named('Name'))).toContain('Is taken.');
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
    expect(toldOf(named('Type'))).toContain('API, FRONTEND or WORKER.');
    expect(toldOf(named('Configuration (optional)'))).toContain('May not be nested deeper.');
  });
});

test('what was sent is announced, and that it has arrived', async () => {
  const { person, bring } = shown(Changing, ACCEPTED);
  const announced = (): string[] =>
    screen.getAllByRole('status', { hidden: true }).map((status) => status.textContent ?? '');
  expect(announced().join('')).toBe('');
  await person.type(named('Name'), ' II');
  await person.click(button('Save changes'));
  expect(announced()).toContain('Saving Tortoise II…');
  bring({ ...PROJECT, name: 'Tortoise II', version: 2 });
  await vi.waitFor(() => expect(announced()).toContain('Done: the page is up to date.'));
});

describe('what was typed', () => {
  const dialog = (): HTMLElement => screen.getByRole('dialog', { hidden: true });

  test.each([
    ['Escape', (person: ReturnType<typeof userEvent.setup>) => person.keyboard('{Escape}')],
    ['Cancel', (person: ReturnType<typeof userEvent.setup>) => person.click(button('Cancel'))],
    ['Close', (person: ReturnType<typeof userEvent.setup>) => person.click(button('Close'))],
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
  expect(toldOf(named('Service name'))).toContain("a service named 'web' already.");
  expect(screen.getByRole('alert').textContent).toBe('This name is takenNothing was recorded.');
});

describe('a conflict', () => {
  const stale = new CommandRefused({ type: 'about:blank', title: 'Stale', status: 412 });

  test('is told once, with the fields that differ and no others', async () => {
    function Conflicting() {
      const [project] = visible(useRows('Project'));
      return <ChangeProjectDialog project={project ?? PROJECT} onClose={close} />;
    }
    const { person, bring } = shown(Conflicting, stale);
    await person.type(named('Name'), ' II');
    bring({ ...PROJECT, description: 'Quick', version: 2 });
    await person.click(button('Save changes'));
    const [alert, ...others] = screen.getAllByRole('alert');
    expect(others).toEqual([]);
    expect(alert!.textContent).toContain('Description nowQuick');
    expect(alert!.textContent).not.toContain('Name now');
    expect(alert!.textContent).not.toContain('Both changed');
  });

  test('is decided for what one has changed oneself, and takes nothing back of others', async () => {
    function Conflicting() {
      const [project] = visible(useRows('Project'));
      return <ChangeProjectDialog project={project ?? PROJECT} onClose={close} />;
    }
    const { person, bring, send } = shown(Conflicting, ACCEPTED);
    await person.type(named('Name'), ' II');
    act(() => bring({ ...PROJECT, description: 'Quick', version: 2 }));
    await person.click(button('Keep my text'));
    expect(named('Description (optional)')).toHaveProperty('value', 'Quick');
    await person.click(button('Save changes'));
    expect(send).toHaveBeenCalledWith('p1', { name: 'Tortoise II' }, 2, expect.anything());
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
      3,
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
    const alert = await screen.findByText('Somebody changed this project meanwhile');
    expect(alert.closest('[role="alert"]')?.textContent).toContain('Name nowshop');
    await person.click(button('Keep my text'));
    await person.click(button('Save changes'));
    const place = { projectId: 'p1', serviceId: 's1' };
    expect(send).toHaveBeenLastCalledWith(place, { serviceName: 'web II' }, 4, expect.anything());
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
