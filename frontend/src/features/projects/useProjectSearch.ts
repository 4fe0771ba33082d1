import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Project } from '../../api/readModels';
import type { Hits, Question } from '../../api/search';
import { visible } from '../../rows/rows';
import { type Listed, type Unreadable, withUnreadable } from '../../rows/unreadable';
import { useReadModels, useRows } from '../../rows/useReadModels';
import { fits, PAGE_SIZE } from './listing';
import { useSearchApi } from './SearchProvider';
import type { ProjectList } from './useProjectList';

/** The hits, the best first, as the page knows them by now; nothing is asked without a question. */
export function useProjectSearch(question: Question | undefined, page: number): ProjectList {
  const search = useSearchApi();
  const { store } = useReadModels();
  const query = useInfiniteQuery({
    queryKey: ['project search', question],
    enabled: question !== undefined,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      if (!question) throw new Error('Nothing is looked for');
      const at = { limit: PAGE_SIZE, nextToken: pageParam, signal };
      const hits = await search.projects(question, at);
      store.seen('Project', hits.rows);
      return { ...hits, rows: hits.rows.map(({ id }) => id) };
    },
    getNextPageParam: ({ nextToken }) => nextToken,
  });
  const pages = query.data?.pages ?? [];
  const { data, hasNextPage, fetchNextPage, isFetching, isError } = query;
  const isShort = pages.length < page && hasNextPage;
  useEffect(() => {
    if (isShort && !isFetching && !isError) void fetchNextPage();
  }, [data, isShort, isFetching, isError, fetchNextPage]);

  const projects = useHits(pages[page - 1], question);
  return {
    projects,
    hasNext: pages.length > page || (pages.length === page && hasNextPage),
    waiting: 0,
    showWaiting: () => undefined,
    isLoading: query.isPending || (isShort && !isError),
    isReadingMore: isShort && isFetching,
    error: query.error,
    read: () => void query.refetch(),
  };
}

type Found = Omit<Hits, 'rows'> & { readonly rows: readonly string[] };

/** A hit leaves when it is archived, deleted, or no longer fits the filters. */
function useHits(found: Found | undefined, question: Question | undefined): Listed<Project>[] {
  const rows = useRows('Project');
  if (!found || !question) return [];
  const known = new Map(visible(rows).map((project) => [project.id, project]));
  const shown = found.rows.map((id) => known.get(id)).filter((project) => project !== undefined);
  const fitting = shown.filter((project) => fits(project, question));
  return withUnreadable(fitting, found.unreadable.map(unreadable), rows);
}

/** The search names the rows that cannot be shown by their ids alone. */
const unreadable = (id: string): Unreadable => ({
  id,
  createdAt: '',
  version: 1,
  isUnreadable: true,
});
