import { type QueryKey, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ReadModels } from '../api/readModels';
import { useReadModels } from './useReadModels';
import type { RowStore } from './store';

export type Read<Answer> = (api: ReadModels, store: RowStore) => Promise<Answer>;

/**
 * A reading, shared by all who ask under the same key, kept while one looks at other pages, and made
 * again whenever something may have been missed. Its rows go to the store; the answer is the rest.
 */
export function useRead<Answer>(key: QueryKey, read: Read<Answer>): UseQueryResult<Answer> {
  const { api, store } = useReadModels();
  return useQuery({ queryKey: key, queryFn: () => read(api, store) });
}

/** A project with its services: false when there is none that this person may see. */
export const readProject =
  (id: string): Read<boolean> =>
  async (api, store) => {
    const [project, services] = await Promise.all([api.project(id), api.servicesOf(id)]);
    store.seen('Service', services);
    if (project) store.seen('Project', [project]);
    return project !== null;
  };

export const projectKey = (id: string): QueryKey => ['project', id];
