import { useEffect } from 'react';
import type { Connection } from './connection';

/** Events right after a subscription was acknowledged can be lost, so the list is read once more. */
export const AFTER_CONNECTING = 2_000;
/** Without subscriptions, or after a reading that failed, the page still moves, only slower. */
export const WHILE_UNSURE = 10_000;
/** Delivery is not promised even on a healthy connection. */
export const WHILE_LIVE = 5 * 60_000;

/** Reads again whenever something may have been missed: at the start, after each reconnect, and now and then. */
export function useCatchUp(connection: Connection, isFailing: boolean, read: () => void): void {
  useEffect(() => read(), [read]);
  useEffect(() => (connection === 'live' ? readTwice(read) : undefined), [connection, read]);
  const isSure = connection === 'live' && !isFailing;
  useEffect(() => {
    const timer = setInterval(read, isSure ? WHILE_LIVE : WHILE_UNSURE);
    return () => clearInterval(timer);
  }, [isSure, read]);
  useEffect(() => onReturn(read), [read]);
}

function readTwice(read: () => void): () => void {
  read();
  const timer = setTimeout(read, AFTER_CONNECTING);
  return () => clearTimeout(timer);
}

/** A laptop that slept, or a tab in the background, may hold a dead socket for minutes without knowing it. */
function onReturn(read: () => void): () => void {
  const readIfShown = (): void => void (document.visibilityState === 'visible' && read());
  document.addEventListener('visibilitychange', readIfShown);
  window.addEventListener('online', read);
  return () => {
    document.removeEventListener('visibilitychange', readIfShown);
    window.removeEventListener('online', read);
  };
}
