import { useCallback, useRef, useState } from 'react';

export type Reading =
  | { readonly state: 'loading' }
  | { readonly state: 'ready' }
  | { readonly state: 'failed'; readonly error: unknown };

const loading: Reading = { state: 'loading' };

/** Runs a reading on demand and tells how the newest of them went: an older one may well end later. */
export function useReading(read: () => Promise<void>): [Reading, () => void] {
  const [outcome, setOutcome] = useState({ of: read, reading: loading });
  const newest = useRef(0);
  const start = useCallback(() => {
    const number = ++newest.current;
    const settle = (reading: Reading): void => {
      if (number === newest.current) setOutcome({ of: read, reading });
    };
    read().then(
      () => settle({ state: 'ready' }),
      (error: unknown) => settle({ state: 'failed', error }),
    );
  }, [read]);
  // The outcome of a former function says nothing about this one.
  return [outcome.of === read ? outcome.reading : loading, start];
}
