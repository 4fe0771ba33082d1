import { Loader } from '@aws-amplify/ui-react';
import type { Pending } from './pending';
import { doing, useOverdue } from './PendingProvider';

/** Stands where the result of an accepted command will be. */
export function PendingNote({ pending }: { pending: Pending }) {
  const overdue = useOverdue(pending);
  return (
    <div className="pending-note">
      <Loader size="small" aria-hidden="true" />
      <span>
        {doing(pending)} <strong>{pending.name}</strong>…
        {overdue && (
          <small>
            It is recorded, but takes longer than usual to show here. Nothing needs to be sent
            again.
          </small>
        )}
      </span>
    </div>
  );
}
