import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ModelName, Models, Unsubscribe, Watcher } from '../api/readModels';
import { AFTER_CONNECTING } from '../features/connection/useCatchUp';
import { useReadModels } from './useReadModels';
import type { Delivery, Versioned } from './rows';

const RESUBSCRIBE_AFTER = 5_000;

/** The readings that tell of a model's rows, by the first words of their keys. */
const READINGS: Record<ModelName, readonly string[]> = {
  Project: ['project', 'projects'],
  Service: ['project'],
  Deployment: ['deployments'],
  Analysis: ['analyses'],
  ProvisioningRun: ['provisioning'],
  OwnerSummary: ['owner-summary'],
  ProjectAnalytics: ['analytics'],
  Template: ['templates'],
  TemplateDraft: ['template-drafts'],
  Metric: ['metrics'],
};

/**
 * Keeps the subscriptions of a model open for as long as the component lives. Those that are open from
 * the start are caught up with by useCatchUp, as soon as there is a connection.
 */
export function useWatch(name: ModelName, isFromTheStart = false): void {
  const { api, store } = useReadModels();
  const client = useQueryClient();
  useEffect(
    () =>
      store.watchOnce(name, () =>
        keepWatching<Models[typeof name]>(
          (watcher) => api.watch(name, watcher),
          (delivery) => store.deliver(name, delivery),
          (isFirst) => {
            if (isFirst && isFromTheStart) return;
            for (const key of READINGS[name]) void client.invalidateQueries({ queryKey: [key] });
          },
        ),
      ),
    [api, store, client, name, isFromTheStart],
  );
}

/**
 * Amplify renews a lost connection itself; a subscription that was refused or timed out it gives up,
 * and nobody would notice.
 */
export function keepWatching<Row extends Versioned>(
  watch: (watcher: Watcher<Row>) => Unsubscribe,
  deliver: (delivery: Delivery<Row>) => void,
  read: (isFirst: boolean) => void,
): Unsubscribe {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe: Unsubscribe = () => undefined;
  const start = (isFirst = false): void => {
    timer = undefined;
    unsubscribe = watch({ deliver, failed: startAgainLater });
    // What happened before the acknowledgement, or right after it, nobody was told of.
    clearTimeout(reading);
    reading = setTimeout(() => read(isFirst), AFTER_CONNECTING);
  };
  // Three subscriptions may fail at once; they are renewed together.
  const startAgainLater = (error: unknown): void => {
    console.warn('A subscription failed and is opened again.', error);
    timer ??= setTimeout(() => (unsubscribe(), start()), RESUBSCRIBE_AFTER);
  };
  start(true);
  return () => {
    clearTimeout(timer);
    clearTimeout(reading);
    unsubscribe();
  };
}
