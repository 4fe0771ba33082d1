import { useEffect, useState, useSyncExternalStore } from 'react';
import { clock } from '../../api/serverClock';
import { dayOf } from './days';

const MINUTE = 60_000;

/** The day that it is in UTC by the server's clock, also after a midnight. */
export function useToday(): string {
  const ahead = useSyncExternalStore(clock.subscribe, clock.ahead);
  const [computer, setComputer] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setComputer(Date.now()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return dayOf(computer - ahead);
}
