import { Link } from 'react-router';
import { useRows } from '../../rows/useReadModels';
import { visible } from '../../rows/rows';
import { useAnnouncement } from '../../ui/Announcer';
import { useSession } from '../session/SessionProvider';

/** Two projects may have one name; whoever gives it twice should know. */
export function NameInUse({ name }: { name: string }) {
  const { userId } = useSession();
  const alike = visible(useRows('Project')).find(
    (project) => project.userId === userId && plain(project.name) === plain(name),
  );
  useAnnouncement(alike ? IN_USE : '');
  if (!alike) return null;
  return (
    <p className="help">
      {IN_USE} <Link to={`/projects/${alike.id}`}>Open it</Link>
    </p>
  );
}

const IN_USE = 'You have a project of this name already.';

const plain = (name: string): string => name.trim().toLowerCase();
