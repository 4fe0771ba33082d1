import { createContext, useEffect, useRef, useState } from 'react';
import { NavigationType, useBlocker, useLocation } from 'react-router';

interface Leaving {
  readonly isAsking: boolean;
  /** To be called as soon as something was typed. */
  readonly typed: () => void;
  readonly leave: () => void;
  readonly stay: () => void;
  readonly throwAway: () => void;
}

/** Tells the dialog around that something was changed, where no field tells of it. */
export const TypedContext = createContext<() => void>(() => undefined);

/** Asks before typed text is thrown away, also by the browser's Back and Forward. */
export function useLeaving(onClose: () => void): Leaving {
  const hasTyped = useRef(false);
  const [isAsking, setAsking] = useState(false);
  // Nothing else can lead away from behind a dialog, but what it has done itself.
  const blocker = useBlocker(
    ({ historyAction }) => historyAction === NavigationType.Pop && hasTyped.current,
  );
  useClosedByMoving(onClose);
  return {
    isAsking: isAsking || blocker.state === 'blocked',
    typed: () => void (hasTyped.current = true),
    leave: () => (hasTyped.current ? setAsking(true) : onClose()),
    stay: () => (setAsking(false), blocker.reset?.()),
    throwAway: () => (onClose(), blocker.proceed?.()),
  };
}

/** Back may lead to another tab of the same page, which would keep the dialog. */
function useClosedByMoving(onClose: () => void): void {
  const { pathname, search } = useLocation();
  const place = pathname + search;
  const [opened] = useState(place);
  useEffect(() => {
    if (place !== opened) onClose();
  }, [place, opened, onClose]);
}
