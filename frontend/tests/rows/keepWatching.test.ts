import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Watcher } from '../../src/api/readModels';
import { keepWatching } from '../../src/rows/useWatch';

interface Row {
  readonly id: string;
  readonly version: number;
  readonly projectionVersion: number;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockReturnValue();
});
afterEach(() => void vi.useRealTimers());

function watched() {
  const watchers: Watcher<Row>[] = [];
  const unsubscribe = vi.fn();
  const read = vi.fn();
  const stop = keepWatching<Row>(
    (watcher) => (watchers.push(watcher), unsubscribe),
    () => undefined,
    read,
  );
  return { watchers, unsubscribe, read, stop };
}

test('[W13] subscriptions that failed are opened again, together and once', () => {
  const { watchers, unsubscribe } = watched();
  watchers[0]?.failed(new Error('refused'));
  watchers[0]?.failed(new Error('refused'));
  vi.runAllTimers();
  expect(watchers).toHaveLength(2);
  expect(unsubscribe).toHaveBeenCalledTimes(1);
});

test('nothing is opened again once the page has left', () => {
  const { watchers, unsubscribe, stop } = watched();
  watchers[0]?.failed(new Error('refused'));
  stop();
  vi.runAllTimers();
  expect(watchers).toHaveLength(1);
  expect(unsubscribe).toHaveBeenCalledTimes(1);
});

test('what was missed until they were open is read, each time that they are opened', () => {
  const { watchers, read, stop } = watched();
  vi.runAllTimers();
  expect(read).toHaveBeenLastCalledWith(true);
  watchers[0]?.failed(new Error('refused'));
  vi.runAllTimers();
  expect(read).toHaveBeenLastCalledWith(false);
  watchers[1]?.failed(new Error('refused'));
  stop();
  vi.runAllTimers();
  expect(read).toHaveBeenCalledTimes(2);
});
