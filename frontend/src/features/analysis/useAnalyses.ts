import type { Analysis } from '../../api/readModels';
import { visible } from '../../rows/rows';
import { useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';

/** As many as anybody looks back at. */
const READ = 50;

export function useAnalyses(projectId: string) {
  const reading = useRead(['analyses', projectId], async (api, store) => {
    const { rows } = await api.analysesOf(projectId, { limit: READ, nextToken: null });
    store.seen('Analysis', rows);
    return true;
  });
  const analyses: readonly Analysis[] = visible(useRows('Analysis'))
    .filter((analysis) => analysis.projectId === projectId)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
  return { reading, analyses };
}
