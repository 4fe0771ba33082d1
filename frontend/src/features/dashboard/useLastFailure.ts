import { visible } from '../../rows/rows';
import { useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';

/** As many as may run side by side: the one that has ended last need not have begun last. */
const NEWEST = 20;

/** When the last of a project's deployments that failed has ended. */
export function useLastFailure(projectId: string): string | undefined {
  useWatch('Deployment');
  useRead(['deployments', projectId, 'newest'], async (api, store) => {
    const at = { limit: NEWEST, nextToken: null };
    store.seen('Deployment', (await api.deploymentsOf(projectId, {}, at)).rows);
    return null;
  });
  return visible(useRows('Deployment'))
    .filter((row) => row.projectId === projectId && row.status === 'FAILED')
    .map(({ endedAt }) => endedAt ?? '')
    .sort()
    .at(-1);
}
