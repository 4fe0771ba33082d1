import { useCallback, useEffect, useRef, useState } from 'react';

export type Reading =
  | { readonly state: 'loading' }
  | { readonly state: 'ready' }
  | { readonly state: 'failed'; readonly error: unknown };

/** Runs a reading on demand and tells how the newest of them went: an older one may well end later. */
export function useReading(read: () => Promise<void>): [Reading, () => void] {
  const [reading, setReading] = useState<Reading>({ state: 'loading' });
  const newest = useRef(0);
  useEffect(() => {
    setReading({ state: 'loading' });
    // What was read by the former function is of no interest to anybody now.
    return () => void newest.current++;
  }, [read]);
  const start = useCallback(() => {
    const number = ++newest.current;
    const settle = (outcome: Reading): void => {
      if (number === newest.current) setReading(outcome);
    };
    read().then(
      () => settle({ state: 'ready' }),
      (error: unknown) => settle({ state: 'failed', error }),
    );
  }, [read]);
  return [reading, start];
}
