import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import type { Project, ProjectFilter } from '../../api/readModels';
import { lookAgain } from '../../rows/lookAgain';
import { type Listed, readableOf, unreadableOf } from '../../rows/unreadable';
import { useReadModels, useRows } from '../../rows/useReadModels';
import { usePending } from '../commands/PendingProvider';
import { listed, type ListReading, newestOf, PAGE_SIZE } from './listing';

/** One more than a page shows, so that it is known whether there is another. */
const READ = PAGE_SIZE + 1;
/** AppSync counts what it looks at, not what fits a filter. */
const READ_FILTERED = 100;

export interface ProjectList {
  /** Of the page that is looked at. */
  readonly projects: readonly Listed<Project>[];
  readonly hasNext: boolean;
  /** Created elsewhere since the list was opened. */
  readonly waiting: number;
  readonly showWaiting: () => void;
  readonly isLoading: boolean;
  readonly isReadingMore: boolean;
  readonly error: Error | null;
  readonly read: () => void;
}

export function useProjectList(filter: ProjectFilter, page: number, isShown = true): ProjectList {
  const query = useProjectPages(filter, isShown);
  const pages = query.data?.pages ?? [];
  const ids = pages.flatMap((each) => each.ids);
  const unreadable = pages.flatMap((each) => each.unreadable);
  const reading = { ids, unreadable, isComplete: query.isSuccess && !query.hasNextPage };
  useDoubts(reading, filter, query.dataUpdatedAt);
  const isShort = ids.length <= page * PAGE_SIZE && query.hasNextPage;
  const { data, fetchNextPage, isFetching, isError } = query;
  useEffect(() => {
    if (isShown && isShort && !isFetching && !isError) void fetchNextPage();
    // Each page, also an empty one, says anew whether another is needed.
  }, [data, isShown, isShort, isFetching, isError, fetchNextPage]);

  const rows = useRows('Project');
  const [since, setSince] = useSince(filter, query.data !== undefined);
  const { shown, waiting } = listed(reading, rows, filter, since ?? '');
  const { created } = usePending();
  // Nothing moves in an empty list, and what one has created oneself is looked for.
  const isDue =
    waiting.length > 0 &&
    (since === undefined || shown.length === 0 || waiting.some(({ id }) => created.has(id)));
  if (query.data && isDue) setSince(newestOf(waiting));

  return {
    projects: shown.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
    hasNext: shown.length > page * PAGE_SIZE,
    waiting: waiting.length,
    showWaiting: () => setSince(newestOf(waiting)),
    isLoading:
      query.isPending || isDue || (isShort && ids.length <= (page - 1) * PAGE_SIZE && !isError),
    isReadingMore: isShort && isFetching,
    error: query.error,
    read: () => void query.refetch(),
  };
}

function useProjectPages(filter: ProjectFilter, isShown: boolean) {
  const { api, store } = useReadModels();
  const { provisioning, templateName, lastDeploymentStatus } = filter;
  const limit = provisioning || templateName || lastDeploymentStatus ? READ_FILTERED : READ;
  return useInfiniteQuery({
    queryKey: ['projects', filter],
    enabled: isShown,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => {
      const { rows, nextToken } = await api.projects(filter, { limit, nextToken: pageParam });
      store.seen('Project', rows);
      return { ids: rows.map(({ id }) => id), unreadable: unreadableOf(rows), nextToken };
    },
    getNextPageParam: ({ nextToken }) => nextToken,
  });
}

/** Looks again at what should be in a list that was read, but was not found there. */
function useDoubts(reading: ListReading, filter: ProjectFilter, readAt: number): void {
  const { api, store } = useReadModels();
  const look = useEffectEvent(() => {
    const { waiting } = listed(reading, store.rows('Project'), filter, '');
    const missing = readableOf(waiting).filter(({ id }) => !reading.ids.includes(id));
    void lookAgain(store, 'Project', missing, api.project);
  });
  useEffect(() => {
    if (readAt > 0) look();
  }, [readAt]);
}

/** The time up to which projects are shown; unknown until the list was read, and for each filter anew. */
function useSince(filter: ProjectFilter, isRead: boolean) {
  const of = JSON.stringify(filter);
  const [state, setState] = useState<{ of: string; since: string | undefined }>();
  const since = isRead && state?.of === of ? state.since : undefined;
  return [since, (newest: string) => setState({ of, since: newest })] as const;
}
