import { useEffect, useState, useSyncExternalStore } from 'react';
import { clock } from '../api/serverClock';
import { relativeTime } from './relativeTime';

export function RelativeTime({ at }: { at: string }) {
  const ahead = useSyncExternalStore(clock.subscribe, clock.ahead);
  const [computer, setComputer] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setComputer(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const now = computer - ahead;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {relativeTime(Date.parse(at), Math.max(now, Date.parse(at)))}
    </time>
  );
}
