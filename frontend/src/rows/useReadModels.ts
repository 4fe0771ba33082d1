import { createContext, use, useSyncExternalStore } from 'react';
import type { ModelName, Models, ReadModels } from '../api/readModels';
import type { Connection } from '../features/connection/connection';
import type { Rows } from './rows';
import type { RowStore } from './store';

export interface ReadModelsView {
  readonly api: ReadModels;
  readonly store: RowStore;
  readonly connection: Connection;
}

export const ReadModelsContext = createContext<ReadModelsView | undefined>(undefined);

export function useReadModels(): ReadModelsView {
  const view = use(ReadModelsContext);
  if (!view) throw new Error('useReadModels is called outside ReadModelsProvider');
  return view;
}

/** The rows of a model that the page knows by now. */
export function useRows<Name extends ModelName>(name: Name): Rows<Models[Name]> {
  const { store } = useReadModels();
  return useSyncExternalStore(store.subscribe, () => store.rows(name));
}
