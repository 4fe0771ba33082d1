import type { Accepted } from '../../api/commands';
import { useIsHere } from '../../ui/useIsHere';
import type { Pending } from './pending';
import { usePending } from './PendingProvider';

/** What a form does once its command was accepted: expect the result, and close. */
export function useAccepted(
  kind: Pending['kind'],
  onClose: () => void,
): (name: string, accepted: Accepted, projectId?: string) => void {
  const { expect } = usePending();
  const isOpen = useIsHere();
  return (name, accepted, projectId) => {
    expect(kind, name, accepted, projectId);
    // Closed before the answer came: by now another form may be open in its place.
    if (isOpen()) onClose();
  };
}
