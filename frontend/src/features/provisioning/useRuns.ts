import { useMemo } from 'react';
import type { ProvisioningRun } from '../../api/readModels';
import { type Read, useRead } from '../../rows/useRead';
import { type Unreadable, unreadableOf } from '../../rows/unreadable';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';
import type { Reading } from '../templates/useTemplates';
import { newestFirst } from './run';

export interface Runs extends Reading {
  /** The newest attempt first. */
  readonly runs: readonly ProvisioningRun[];
  readonly unreadable: readonly Unreadable[];
}

/** The attempts to provision a project, live. */
export function useRuns(projectId: string): Runs {
  useWatch('ProvisioningRun');
  const { data, isPending, error, refetch } = useRead(
    ['provisioning', projectId],
    readRuns(projectId),
  );
  const rows = useRows('ProvisioningRun');
  const runs = useMemo(
    () =>
      newestFirst(
        [...rows.values()]
          .filter(({ deleted, row }) => !deleted && row.projectId === projectId)
          .map(({ row }) => row),
      ),
    [rows, projectId],
  );
  return {
    runs,
    unreadable: data ?? [],
    isReading: isPending,
    error,
    readAgain: () => void refetch(),
  };
}

const readRuns =
  (projectId: string): Read<readonly Unreadable[]> =>
  async (api, store) => {
    const runs = await api.provisioningRunsOf(projectId);
    store.seen('ProvisioningRun', runs);
    return unreadableOf(runs);
  };
