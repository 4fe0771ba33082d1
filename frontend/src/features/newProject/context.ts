import { useOutletContext } from 'react-router';
import type { Faults } from '../commands/faults';
import type { CommandState } from '../commands/useCommand';
import type { Templates } from '../templates/useTemplates';
import type { NewProject } from './draft';

/** What the three pages of a new project share. */
export interface NewProjectContext {
  readonly draft: NewProject;
  readonly onChange: (draft: NewProject) => void;
  readonly templates: Templates;
  readonly command: CommandState;
  /** What the API found wrong with what was sent last, until a field is changed. */
  readonly faults: Faults | undefined;
  readonly onCreate: (slug: string) => void;
}

export const useNewProject = (): NewProjectContext => useOutletContext<NewProjectContext>();
