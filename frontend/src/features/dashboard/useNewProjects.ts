import type { Project } from '../../api/readModels';
import { visible } from '../../rows/rows';
import { useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';

export interface NewProjects {
  /** Undefined until they were read. */
  readonly created: number | undefined;
  /** Of those that were to be set up from a template, and are through with it. */
  readonly setUp: SetUp;
}

export interface SetUp {
  readonly ended: number;
  /** At the first attempt. */
  readonly smoothly: number;
  readonly failed: number;
}

/** A person's projects that were created on a day or later, and how their setting up went. */
export function useNewProjects(userId: string, firstDay: string): NewProjects {
  const first = `${firstDay}T00:00:00.000Z`;
  const query = useRead(['projects', 'created', userId, first], async (api, store) => {
    store.seen('Project', await api.createdSince(userId, first));
    return null;
  });
  const rows = visible(useRows('Project')).filter(
    (project) => project.userId === userId && project.createdAt >= first,
  );
  return { created: query.isSuccess ? rows.length : undefined, setUp: setUpOf(rows) };
}

export function setUpOf(projects: readonly Project[]): SetUp {
  const isOver = projects.filter(({ provisioning }) => ENDED.has(provisioning));
  const failed = isOver.filter(({ provisioning }) => provisioning === 'FAILED').length;
  const smoothly = isOver.filter(
    ({ provisioning, provisioningAttempt }) =>
      provisioning === 'COMPLETED' && provisioningAttempt === 1,
  ).length;
  return { ended: isOver.length, smoothly, failed };
}

const ENDED: ReadonlySet<Project['provisioning']> = new Set(['COMPLETED', 'FAILED']);
