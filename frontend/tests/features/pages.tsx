import { render, screen } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { createMemoryRouter, type RouteObject, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import type { Accepted, Commands } from '../../src/api/commands';
import type { History } from '../../src/api/history';
import type { Search } from '../../src/api/search';
import type { ModelName, Models, ReadModels, Watcher } from '../../src/api/readModels';
import { CommandsProvider } from '../../src/features/commands/CommandsProvider';
import { PendingProvider } from '../../src/features/commands/PendingProvider';
import { HistoryProvider } from '../../src/features/history/HistoryProvider';
import { SearchProvider } from '../../src/features/projects/SearchProvider';
import type { Role } from '../../src/features/session/session';
import { SessionContext } from '../../src/features/session/SessionProvider';
import { routes } from '../../src/routes';
import { ReadModelsProvider } from '../../src/rows/ReadModelsProvider';
import { Announcer } from '../../src/ui/Announcer';
import { ToastProvider } from '../../src/ui/Toasts';
import { personOf } from '../clock';
import { fakeCommands, fakeReadModels, noHits } from './fakes';

/** A route whose page is loaded: no clock would tell how long that takes. */
async function loaded({ lazy, children, ...route }: RouteObject): Promise<RouteObject> {
  const page = typeof lazy === 'function' ? await lazy() : {};
  const within = children && { children: await Promise.all(children.map(loaded)) };
  return { ...route, ...page, ...within } as RouteObject;
}

const pages = await Promise.all(routes.map(loaded));

export const ACCEPTED: Accepted = {
  commandId: 'key-1',
  status: 'accepted',
  aggregateId: 'p1',
  version: 2,
  timestamp: '2026-11-21T10:00:00.000Z',
};

export interface Shown {
  readonly role?: Role;
  readonly rows?: Partial<ReadModels>;
  /** The answer to every command. */
  readonly answer?: Accepted | Error;
  readonly said?: Partial<Commands>;
  readonly history?: History;
  readonly search?: Search['projects'];
}

const NO_HISTORY: History = {
  events: () => Promise.resolve([]),
  state: () => Promise.resolve({}),
};

/** A page of the app at its address, as somebody sees it; `bring` delivers a row as a subscription does. */
export function showPage(
  path: string,
  { role = 'Owner', rows = {}, answer, said, history = NO_HISTORY, search = noHits }: Shown = {},
) {
  const send = vi.fn(() =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? ACCEPTED),
  );
  const watchers: [ModelName, Watcher<never>][] = [];
  const readModels = fakeReadModels({
    watch: (name, watcher) => {
      watchers.push([name, watcher]);
      return () => undefined;
    },
    ...rows,
  });
  const router = createMemoryRouter(pages, { initialEntries: [path] });
  const session = { userId: 'u1', email: 'u1@skafu.dev', role };
  // jsdom has no layout to scroll.
  window.scrollTo = () => undefined;
  HTMLDialogElement.prototype.showModal = function open() {
    this.open = true;
  };
  const { container } = render(
    <Announcer>
      <SessionContext value={session}>
        <ReadModelsProvider readModels={readModels}>
          <CommandsProvider commands={fakeCommands(send, said)}>
            <HistoryProvider history={history}>
              <SearchProvider search={{ projects: search }}>
                <PendingProvider>
                  <ToastProvider>
                    <RouterProvider router={router} />
                  </ToastProvider>
                </PendingProvider>
              </SearchProvider>
            </HistoryProvider>
          </CommandsProvider>
        </ReadModelsProvider>
      </SessionContext>
    </Announcer>,
  );
  const bring = <Name extends ModelName>(name: Name, row: Models[Name]): void => {
    for (const [model, { deliver }] of watchers)
      if (model === name) deliver({ kind: 'seen', rows: [row as never] });
  };
  const at = (): string => router.state.location.pathname;
  return { send, bring, at, router, container, person: personOf() };
}

export const press = (name: string | RegExp) => screen.getByRole('button', { name });

/** Fills a field at once, where nothing is to be seen of how it is typed letter by letter. */
export async function write(person: UserEvent, field: HTMLElement, text: string): Promise<void> {
  await person.click(field);
  await person.paste(text);
}
