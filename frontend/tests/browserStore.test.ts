// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest';
import { browserStore, tabStore } from '../src/browserStore';

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['browser', browserStore],
  ['tab', tabStore],
])('what is kept for a %s is there again, until it is removed', (_, store) => {
  store.setItem('skafu.test', 'kept');
  expect(store.getItem('skafu.test')).toBe('kept');
  expect(store.names()).toContain('skafu.test');
  store.removeItem('skafu.test');
  expect(store.getItem('skafu.test')).toBeNull();
});

test('the page goes on where the storage is full', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  expect(() => tabStore.setItem('skafu.test', 'kept')).not.toThrow();
});

test('the page goes on where the browser blocks the storage', () => {
  // Chrome throws as soon as a script names it.
  vi.spyOn(window, 'sessionStorage', 'get').mockImplementation(() => {
    throw new DOMException('Access is denied for this document.', 'SecurityError');
  });
  expect(tabStore.getItem('skafu.test')).toBeNull();
  expect(tabStore.names()).toEqual([]);
  expect(() => tabStore.removeItem('skafu.test')).not.toThrow();
});
