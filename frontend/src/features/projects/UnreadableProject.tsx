import { CannotBeShown } from '../../ui/CannotBeShown';
import { useSession } from '../session/SessionProvider';

/** The way to the history of a project that cannot be shown; a Developer may read none. */
function useHistoryPlace(id: string): string | undefined {
  const { role } = useSession();
  return role === 'Developer' ? undefined : `/projects/${id}/history`;
}

export function UnreadableCard({ id }: { id: string }) {
  return (
    <li className="card broken" data-project-id={id}>
      <CannotBeShown what="project" id={id} history={useHistoryPlace(id)} />
    </li>
  );
}

const COLUMNS = 8;

export function UnreadableRow({ id, hasOwner }: { id: string; hasOwner: boolean }) {
  return (
    <tr className="broken" data-project-id={id}>
      <td className="first" colSpan={COLUMNS + Number(hasOwner)}>
        <CannotBeShown what="project" id={id} history={useHistoryPlace(id)} />
      </td>
    </tr>
  );
}

interface UnreadableNoticeProps {
  readonly id: string;
  /** Whether its history is below already. */
  readonly isHistory: boolean;
}

/** In the place of the page of a project. */
export function UnreadableNotice({ id, isHistory }: UnreadableNoticeProps) {
  const history = useHistoryPlace(id);
  return (
    <div className="panel broken">
      <CannotBeShown what="project" id={id} history={isHistory ? undefined : history} />
    </div>
  );
}
