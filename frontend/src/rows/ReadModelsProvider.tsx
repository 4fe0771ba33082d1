import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { connectReadModels, type ReadModels } from '../api/readModels';
import { useCatchUp } from '../features/connection/useCatchUp';
import { useConnection } from '../features/connection/useConnection';
import { RowStore } from './store';
import { ReadModelsContext, useReadModels } from './useReadModels';
import { useWatch } from './useWatch';

interface ProviderProps {
  readonly children: ReactNode;
  readonly readModels?: ReadModels;
}

/** Lives as long as a session, and all that was read goes with it. */
export function ReadModelsProvider({ children, readModels }: ProviderProps) {
  const api = useMemo(() => readModels ?? connectReadModels(), [readModels]);
  const [store] = useState(() => new RowStore());
  const [client] = useState(newClient);
  const connection = useConnection();
  const view = useMemo(() => ({ api, store, connection }), [api, store, connection]);
  return (
    <ReadModelsContext value={view}>
      <QueryClientProvider client={client}>
        <Fresh />
        {children}
      </QueryClientProvider>
    </ReadModelsContext>
  );
}

/** Readings are made again by useCatchUp alone, which knows of the live connection. */
function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
      },
    },
  });
}

function Fresh() {
  const client = useQueryClient();
  const { connection } = useReadModels();
  useWatch('Project', true);
  useWatch('Service', true);
  useCatchUp(
    connection,
    useFailing(client),
    useCallback(() => void client.invalidateQueries(), [client]),
  );
  return null;
}

/** Whether something that is shown could not be read the last time. */
function useFailing(client: QueryClient): boolean {
  const cache = client.getQueryCache();
  return useSyncExternalStore(
    useCallback((changed) => cache.subscribe(changed), [cache]),
    () => cache.findAll({ type: 'active' }).some(({ state }) => state.status === 'error'),
  );
}
