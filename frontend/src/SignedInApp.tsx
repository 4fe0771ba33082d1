import { useEffect, useMemo } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { connectCommands } from './api/commands';
import { connectHistory } from './api/history';
import { connectSearch } from './api/search';
import { commandApiUrl } from './api/endpoint';
import { askTheTime, clock, tellingFetch } from './api/serverClock';
import { CommandsProvider } from './features/commands/CommandsProvider';
import { PendingProvider } from './features/commands/PendingProvider';
import { HistoryProvider } from './features/history/HistoryProvider';
import { SearchProvider } from './features/projects/SearchProvider';
import { BackendProvider } from './features/session/BackendProvider';
import { idToken, SessionProvider } from './features/session/SessionProvider';
import { routes } from './routes';
import { untilOnline } from './features/connection/online';
import { ReadModelsProvider } from './rows/ReadModelsProvider';
import { ToastProvider } from './ui/Toasts';

/** All that needs somebody who is signed in. */
export function SignedInApp({ onSignOut }: { onSignOut: () => void }) {
  return (
    <BackendProvider find={commandApiUrl}>
      {(url) => <WithBackend commandApiUrl={url} onSignOut={onSignOut} />}
    </BackendProvider>
  );
}

interface WithBackendProps {
  readonly commandApiUrl: string;
  readonly onSignOut: () => void;
}

function WithBackend({ commandApiUrl, onSignOut }: WithBackendProps) {
  const commands = useMemo(() => connectCommands(browser(commandApiUrl)), [commandApiUrl]);
  const history = useMemo(() => connectHistory(browser(commandApiUrl)), [commandApiUrl]);
  const search = useMemo(() => connectSearch(browser(commandApiUrl)), [commandApiUrl]);
  const router = useMemo(() => createBrowserRouter(routes), []);
  useEffect(() => void askTheTime(commandApiUrl, tellTime), [commandApiUrl]);
  return (
    <SessionProvider onLost={onSignOut}>
      <CommandsProvider commands={commands}>
        <ReadModelsProvider>
          <HistoryProvider history={history}>
            <SearchProvider search={search}>
              <PendingProvider>
                <ToastProvider>
                  <RouterProvider router={router} />
                </ToastProvider>
              </PendingProvider>
            </SearchProvider>
          </HistoryProvider>
        </ReadModelsProvider>
      </CommandsProvider>
    </SessionProvider>
  );
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const tellTime = tellingFetch((...request) => globalThis.fetch(...request), clock, Date.now);

function browser(baseUrl: string): Parameters<typeof connectCommands>[0] {
  return {
    baseUrl,
    token: idToken,
    retrying: {
      fetch: tellTime,
      // Without a network an attempt would be used up for nothing.
      sleep: (milliseconds) => pause(milliseconds).then(untilOnline),
      random: Math.random,
      now: clock.now,
    },
  };
}
