import type { Project } from '../../api/readModels';
import { type Rows, visible } from '../../rows/rows';

/** What waits for a person: a project that was not set up, or whose last deployment failed. */
export interface Concern {
  readonly what: 'set-up' | 'deployment';
  readonly project: Project;
}

/** Those of one person; of the project that has changed last first. */
export function concernsOf(rows: Rows<Project>, userId: string): Concern[] {
  return visible(rows)
    .filter((project) => project.userId === userId && project.status === 'ACTIVE')
    .flatMap(failuresOf)
    .sort((a, b) => byTime(b.project, a.project));
}

function failuresOf(project: Project): Concern[] {
  const { provisioning, lastDeploymentStatus } = project;
  return [
    ...(provisioning === 'FAILED' ? [{ what: 'set-up', project } as const] : []),
    ...(lastDeploymentStatus === 'FAILED' ? [{ what: 'deployment', project } as const] : []),
  ];
}

const byTime = (a: Project, b: Project): number =>
  a.updatedAt.localeCompare(b.updatedAt) || a.id.localeCompare(b.id);
