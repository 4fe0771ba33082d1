import type { Project } from '../../api/readModels';
import { useSession } from '../session/SessionProvider';

/** Where the history of a project is; its owner and Admins alone may read it. */
export function useHistoryPlace(
  project: Pick<Project, 'id' | 'userId'> | undefined,
): string | undefined {
  const session = useSession();
  if (!project) return undefined;
  const mayRead = project.userId === session.userId || session.role === 'Admin';
  return mayRead ? `/projects/${project.id}/history` : undefined;
}
