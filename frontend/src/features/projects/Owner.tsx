import { useEffect, useState } from 'react';
import type { Project } from '../../api/readModels';
import { CopyId } from '../../ui/CopyId';
import { useCommands } from '../commands/CommandsProvider';

/** Whose project it is: the e-mail for those who may see it, else the end of the account's id. */
export function Owner({ project }: { readonly project: Project }) {
  const { ownerEmail } = useCommands();
  const [email, setEmail] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    ownerEmail(project.id).then(
      (found) => isCurrent && setEmail(found),
      () => undefined,
    );
    return () => void (isCurrent = false);
  }, [ownerEmail, project.id, project.userId]);
  return (
    <span>
      {email} <CopyId id={project.userId} of={`the owner of ${project.name}`} />
    </span>
  );
}
