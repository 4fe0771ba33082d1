import type { Project } from '../../api/readModels';
import { CopyId } from '../../ui/CopyId';

/** Whose project it is: the e-mail or the name, until that person is forgotten; always the account. */
export function Owner({ project }: { readonly project: Project }) {
  const { userEmail, userName, userId, name } = project;
  return (
    <span title={userName ?? undefined}>
      {userEmail ?? userName} <CopyId id={userId} of={`the owner of ${name}`} />
    </span>
  );
}
