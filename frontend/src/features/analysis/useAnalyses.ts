import type { QueryKey } from '@tanstack/react-query';
import type { Analysis } from '../../api/readModels';
import { visible } from '../../rows/rows';
import { type Unreadable, unreadableOf } from '../../rows/unreadable';
import { type Read, useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';

/** As many as anybody looks back at. */
const READ = 50;

export const analysesKey = (projectId: string): QueryKey => ['analyses', projectId];

export const readAnalyses =
  (projectId: string): Read<readonly Unreadable[]> =>
  async (api, store) => {
    const { rows } = await api.analysesOf(projectId, { limit: READ, nextToken: null });
    store.seen('Analysis', rows);
    return unreadableOf(rows);
  };

export function useAnalyses(projectId: string) {
  const reading = useRead(analysesKey(projectId), readAnalyses(projectId));
  const analyses: readonly Analysis[] = visible(useRows('Analysis'))
    .filter((analysis) => analysis.projectId === projectId)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
  return { reading, analyses, unreadable: reading.data ?? [] };
}
