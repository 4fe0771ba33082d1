import { lookAgain } from '../../rows/lookAgain';
import { unreadableOf } from '../../rows/unreadable';
import { useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { concernsOf } from './concerns';

/** What waits for a person, as it is by now: rows of projects are watched on every page. */
export function useConcerns(userId: string) {
  const query = useRead(['projects', 'failing', userId], async (api, store) => {
    const rows = await api.failingOf(userId);
    store.seen('Project', rows);
    const found = new Set(rows.map(({ id }) => id));
    const known = concernsOf(store.rows('Project'), userId).map(({ project }) => project);
    // What is not found any more may have been mended without this page being told.
    const missing = known.filter(({ id }) => !found.has(id));
    await lookAgain(store, 'Project', missing, api.project);
    return { unreadable: unreadableOf(rows).length };
  });
  return { concerns: concernsOf(useRows('Project'), userId), query };
}
