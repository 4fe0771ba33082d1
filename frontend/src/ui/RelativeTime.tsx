import { useEffect, useState } from 'react';
import { relativeTime } from './relativeTime';

export function RelativeTime({ at }: { at: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {relativeTime(Date.parse(at), Math.max(now, Date.parse(at)))}
    </time>
  );
}
