import type { Project } from '../../api/readModels';
import { StateBadge } from '../../ui/StateBadge';
import { stateOf } from './state';

interface ProjectStateProps {
  readonly project: Project;
  /** Beside a title also what is as it should be has a ground. */
  readonly isTitle?: boolean;
}

export function ProjectState({ project, isTitle = false }: ProjectStateProps) {
  const { tone, word, ...icon } = stateOf(project);
  return (
    <StateBadge tone={isTitle && tone === 'calm' ? 'ok' : tone} {...icon}>
      {word}
    </StateBadge>
  );
}
