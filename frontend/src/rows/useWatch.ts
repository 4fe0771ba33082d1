import { useEffect } from 'react';
import type { ModelName, Models, Unsubscribe, Watcher } from '../api/readModels';
import { useReadModels } from './useReadModels';
import type { Delivery, Versioned } from './rows';

const RESUBSCRIBE_AFTER = 5_000;

/** Keeps the subscriptions of a model open for as long as the component lives. */
export function useWatch<Name extends ModelName>(name: Name): void {
  const { api, store } = useReadModels();
  useEffect(
    () =>
      keepWatching<Models[Name]>(
        (watcher) => api.watch(name, watcher),
        (delivery) => store.deliver(name, delivery),
      ),
    [api, store, name],
  );
}

/**
 * Amplify renews a lost connection itself; a subscription that was refused or timed out it gives up,
 * and nobody would notice.
 */
export function keepWatching<Row extends Versioned>(
  watch: (watcher: Watcher<Row>) => Unsubscribe,
  deliver: (delivery: Delivery<Row>) => void,
): Unsubscribe {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe: Unsubscribe = () => undefined;
  const start = (): void => {
    timer = undefined;
    unsubscribe = watch({ deliver, failed: startAgainLater });
  };
  // Three subscriptions may fail at once; they are renewed together.
  const startAgainLater = (error: unknown): void => {
    console.warn('A subscription failed and is opened again.', error);
    timer ??= setTimeout(() => (unsubscribe(), start()), RESUBSCRIBE_AFTER);
  };
  start();
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}
