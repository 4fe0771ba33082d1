import type { Project } from '../../api/readModels';
import { CopyId } from '../../ui/CopyId';

/** Whose project it is: name and e-mail, until that person is forgotten; always the account. */
export function Owner({ project }: { readonly project: Project }) {
  const { userEmail, userName, userId, name } = project;
  const known = new Set([userName, userEmail].filter(Boolean));
  return (
    <span>
      {[...known].join(', ')} <CopyId id={userId} of={`the owner of ${name}`} />
    </span>
  );
}
