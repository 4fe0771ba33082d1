import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { PastEvent } from '../../api/history';
import type { Project } from '../../api/readModels';
import { staleTime } from './past';
import { useHistoryApi } from './HistoryProvider';

const PAGE = 100;

export interface Trail {
  /** Oldest first and without a gap, up to the newest that was read. */
  readonly events: readonly PastEvent[];
  readonly isLoading: boolean;
  /** Why nothing could be read, or nothing earlier. */
  readonly error: Error | null;
  /** Why what was recorded since could not be read. */
  readonly newsError: Error | null;
  readonly hasEarlier: boolean;
  readonly isReadingEarlier: boolean;
  readonly readEarlier: () => void;
  readonly retry: () => void;
  readonly retryNews: () => void;
}

/** The newest events of a project, and earlier ones on demand; events never change, so they are kept. */
export function useTrail({ id, version }: Pick<Project, 'id' | 'version'>): Trail {
  const { events } = useHistoryApi();
  const query = useInfiniteQuery({
    queryKey: ['trail', id],
    initialPageParam: version,
    queryFn: async ({ pageParam: last }) => {
      const first = Math.max(1, last - PAGE + 1);
      return { first, events: await events(id, first, last - first + 1) };
    },
    getNextPageParam: ({ first }) => (first > 1 ? first - 1 : undefined),
    staleTime,
  });
  const older = query.data?.pages.toReversed().flatMap((page) => page.events) ?? [];
  const known = older.at(-1)?.eventSequence ?? version;
  const news = useNewEvents(id, known, version, query.data !== undefined);
  return {
    events: [...older, ...news.events],
    isLoading: query.isPending,
    error: query.error,
    newsError: news.error,
    hasEarlier: query.hasNextPage,
    isReadingEarlier: query.isFetchingNextPage,
    readEarlier: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
    retryNews: news.retry,
  };
}

interface News {
  readonly events: readonly PastEvent[];
  readonly error: Error | null;
  readonly retry: () => void;
}

/** What was recorded since the history was opened. */
function useNewEvents(id: string, known: number, version: number, isOpen: boolean): News {
  const { events } = useHistoryApi();
  const { data, error, refetch } = useQuery({
    queryKey: ['trail', id, 'since', known, version],
    queryFn: () => events(id, known + 1, version - known),
    enabled: isOpen && version > known,
    staleTime,
    // What is known of this trail stays while what came last is read.
    placeholderData: (before, query) =>
      query?.queryKey[1] === id && query.queryKey[3] === known ? before : undefined,
  });
  return { events: (version > known && data) || [], error, retry: () => void refetch() };
}
