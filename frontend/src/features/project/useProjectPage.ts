import { useOutletContext } from 'react-router';
import type { Project } from '../../api/readModels';
import type { Pending } from '../commands/pending';
import type { OpenDialog } from '../projects/ProjectDialogs';

/** What every tab of a project's page gets. */
export interface ProjectContext {
  readonly project: Project;
  readonly pending: readonly Pending[];
  /** Undefined when nothing of the project can be changed: archived, being deleted, or only to be read. */
  readonly onOpen: ((dialog: OpenDialog) => void) | undefined;
}

/** What the history needs of a project: it is there also for one that cannot be shown. */
export const useProjectOfHistory = (): Pick<Project, 'id' | 'version'> =>
  useOutletContext<Pick<ProjectContext, 'project'>>().project;

export const useProjectPage = (): ProjectContext => useOutletContext<ProjectContext>();
