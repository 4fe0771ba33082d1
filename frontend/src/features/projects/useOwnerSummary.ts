import type { OwnerSummary } from '../../api/readModels';
import { useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';

/** The row that counts what a person has; undefined before the first project was counted. */
export function useOwnerSummary(userId: string, isWanted = true): OwnerSummary | undefined {
  useWatch('OwnerSummary');
  useRead(['owner-summary', userId, isWanted], async (api, store) => {
    const summary = isWanted ? await api.summaryOf(userId) : null;
    if (summary) store.seen('OwnerSummary', [summary]);
    return null;
  });
  return useRows('OwnerSummary').get(userId)?.row;
}
