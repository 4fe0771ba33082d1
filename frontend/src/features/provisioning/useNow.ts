import { useEffect, useState, useSyncExternalStore } from 'react';
import { clock } from '../../api/serverClock';

const SECOND = 1_000;

/** The server's time, each second while something is counted. */
export function useNow(isCounting: boolean): number {
  const ahead = useSyncExternalStore(clock.subscribe, clock.ahead);
  const [computer, setComputer] = useState(Date.now);
  useEffect(() => {
    if (!isCounting) return undefined;
    const timer = setInterval(() => setComputer(Date.now()), SECOND);
    return () => clearInterval(timer);
  }, [isCounting]);
  return computer - ahead;
}
