import { Link } from 'react-router';
import { useRows } from '../../rows/useReadModels';
import { visible } from '../../rows/rows';
import { useSession } from '../session/SessionProvider';

/** Two projects may have one name; whoever gives it twice should know. */
export function NameInUse({ name }: { name: string }) {
  const { userId } = useSession();
  const alike = visible(useRows('Project')).find(
    (project) => project.userId === userId && plain(project.name) === plain(name),
  );
  if (!alike) return null;
  return (
    <p className="help" role="status">
      You have a project of this name already. <Link to={`/projects/${alike.id}`}>Open it</Link>
    </p>
  );
}

const plain = (name: string): string => name.trim().toLowerCase();
