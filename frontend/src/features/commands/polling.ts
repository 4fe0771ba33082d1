import { useEffect, useEffectEvent } from 'react';
import { pollDelay } from './pending';

/** Asks again and again, ever more seldom, each time after the last answer. */
export function pollUntilStopped(poll: () => unknown): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let stopped = false;
  const schedule = (attempt: number): void => {
    timer = setTimeout(() => {
      void Promise.resolve(poll()).then(() => {
        if (!stopped) schedule(attempt + 1);
      });
    }, pollDelay(attempt));
  };
  schedule(0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Reads until the page shows what was accepted, in case no subscription tells of it. */
export function usePollingWhile(isWaiting: boolean, read: () => unknown): void {
  const poll = useEffectEvent(read);
  useEffect(() => (isWaiting ? pollUntilStopped(() => poll()) : undefined), [isWaiting]);
}
