import type { ProjectAnalytics, Span } from '../../api/readModels';
import { unreadableOf } from '../../rows/unreadable';
import { present } from '../../rows/rows';
import { useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';
import { daysBefore, daysUntil } from './days';
import type { Range } from './ranges';
import { useToday } from './useToday';

/** Whose days: of one project, or of all that a person owns. */
export type Whose = { readonly projectId: string } | { readonly userId: string };

/** The rows of the last days, and of as many before them, as they are by now. */
export function useDays(whose: Whose, range: Range) {
  useWatch('ProjectAnalytics');
  const today = useToday();
  const span: Span = { first: daysBefore(today, 2 * range - 1), last: today };
  const query = useRead(['analytics', whose, span], async (api, store) => {
    const rows = await api.daysOf(whose, span);
    store.seen('ProjectAnalytics', rows);
    return { unreadable: unreadableOf(rows).length };
  });
  const rows = present(useRows('ProjectAnalytics')).filter((row) => isOf(row, whose));
  return {
    rows,
    days: daysUntil(today, range),
    daysBefore: daysUntil(daysBefore(today, range), range),
    unreadable: query.data?.unreadable ?? 0,
    query,
  };
}

const isOf = (row: ProjectAnalytics, whose: Whose): boolean =>
  'projectId' in whose ? row.projectId === whose.projectId : row.userId === whose.userId;
