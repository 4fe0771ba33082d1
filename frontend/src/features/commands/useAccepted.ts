import { useEffect, useRef } from 'react';
import type { Accepted } from '../../api/commands';
import type { Pending } from './pending';
import { usePending } from './PendingProvider';

/** What a form does once its command was accepted: expect the result, and close. */
export function useAccepted(
  kind: Pending['kind'],
  onClose: () => void,
): (name: string, accepted: Accepted, projectId?: string) => void {
  const { expect } = usePending();
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => void (isOpen.current = false);
  }, []);
  return (name, accepted, projectId) => {
    expect(kind, name, accepted, projectId);
    // Closed before the answer came: by now another form may be open in its place.
    if (isOpen.current) onClose();
  };
}
