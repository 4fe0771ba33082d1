import type { Project } from '../../api/readModels';
import { useSession } from '../session/SessionProvider';

/** Where the history of a project is; its owner and Admins alone may read it. */
export function useHistoryPlace({
  id,
  userId,
}: Pick<Project, 'id' | 'userId'>): string | undefined {
  const session = useSession();
  const mayRead = userId === session.userId || session.role === 'Admin';
  return mayRead ? `/projects/${id}/history` : undefined;
}
