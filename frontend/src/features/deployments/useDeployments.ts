import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Deployment, DeploymentFilter } from '../../api/readModels';
import { visible } from '../../rows/rows';
import { type Listed, unreadableOf, withUnreadable } from '../../rows/unreadable';
import { useReadModels, useRows } from '../../rows/useReadModels';

export const DEPLOYMENTS_A_PAGE = 20;
/** AppSync counts what it looks at, not what fits a filter. */
const READ_FILTERED = 100;

/** The deployments of a project that fit, newest first, as far as `page` of them. */
export function useDeployments(projectId: string, filter: DeploymentFilter, page = 1) {
  const { api, store } = useReadModels();
  const isFiltered = Object.values(filter).some(Boolean);
  const limit = isFiltered ? READ_FILTERED : DEPLOYMENTS_A_PAGE + 1;
  const query = useInfiniteQuery({
    queryKey: ['deployments', projectId, filter],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => {
      const at = { limit, nextToken: pageParam };
      const { rows, nextToken } = await api.deploymentsOf(projectId, filter, at);
      store.seen('Deployment', rows);
      return { ids: rows.map(({ id }) => id), unreadable: unreadableOf(rows), nextToken };
    },
    getNextPageParam: ({ nextToken }) => nextToken,
  });
  const rows = useRows('Deployment');
  const ids = new Set(query.data?.pages.flatMap((each) => each.ids));
  const fitting = visible(rows).filter((row) => fits(row, projectId, filter));
  const oldest = minimum(fitting.filter(({ id }) => ids.has(id)));
  const isComplete = query.isSuccess && !query.hasNextPage;
  // What lies beyond what was read comes with its page.
  const within = fitting.filter(
    ({ id, createdAt }) => isComplete || ids.has(id) || createdAt > oldest,
  );
  const unreadable = query.data?.pages.flatMap((each) => each.unreadable) ?? [];
  const known: Listed<Deployment>[] = withUnreadable(within, unreadable, rows).sort(
    (a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id),
  );

  const isShort = known.length <= page * DEPLOYMENTS_A_PAGE && query.hasNextPage;
  const { data, fetchNextPage, isFetching, isError } = query;
  useEffect(() => {
    if (isShort && !isFetching && !isError) void fetchNextPage();
    // Each page, also an empty one, says anew whether another is needed.
  }, [data, isShort, isFetching, isError, fetchNextPage]);
  return {
    deployments: known,
    query,
    isShort: isShort && !isError,
    isReadingMore: isShort && isFetching,
  };
}

function fits(row: Deployment, projectId: string, { environment, status }: DeploymentFilter) {
  return (
    row.projectId === projectId &&
    [undefined, row.environment].includes(environment) &&
    [undefined, row.status].includes(status)
  );
}

/** Before all times when there is none: then nothing was read that would be a bound. */
const minimum = (rows: readonly Deployment[]): string =>
  rows.map(({ createdAt }) => createdAt).sort()[0] ?? '';
