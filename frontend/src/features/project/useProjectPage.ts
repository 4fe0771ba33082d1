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

export const useProjectPage = (): ProjectContext => useOutletContext<ProjectContext>();
