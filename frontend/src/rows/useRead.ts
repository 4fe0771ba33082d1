import { type QueryKey, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ReadModels } from '../api/readModels';
import { lookAgain } from './lookAgain';
import { visible } from './rows';
import { isUnreadable, type Unreadable, unreadableOf } from './unreadable';
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

/** What is to be known of a project besides its rows. */
export interface ProjectReading {
  /** Itself, when it cannot be shown. */
  readonly unreadable: Unreadable | undefined;
  readonly services: readonly Unreadable[];
}

/** A project with its services. */
export const readProject =
  (id: string): Read<ProjectReading> =>
  async (api, store) => {
    const before = visible(store.rows('Service')).filter(({ projectId }) => projectId === id);
    const [project, services] = await Promise.all([api.project(id), api.servicesOf(id)]);
    store.seen('Service', services);
    if (project) store.seen('Project', [project]);
    const found = new Set(services.map((service) => service.id));
    const missing = before.filter((service) => !found.has(service.id));
    await lookAgain(store, 'Service', missing, api.service);
    return {
      unreadable: isUnreadable(project) ? project : undefined,
      services: unreadableOf(services),
    };
  };

export const projectKey = (id: string): QueryKey => ['project', id];
