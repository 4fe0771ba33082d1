import { useCallback, useEffect, useRef } from 'react';

/** Tells whether the component is still on the page, for what goes on after an answer has come. */
export function useIsHere(): () => boolean {
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => void (isHere.current = false);
  }, []);
  return useCallback(() => isHere.current, []);
}
