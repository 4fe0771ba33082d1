/** Runs before each file of tests. */
import { afterEach, beforeEach, vi } from 'vitest';

// jsdom has no canvas. One mock for all files: they share the modules that draw.
vi.mock('uplot', () => import('./features/charts'));

// Other tests have no page, and need not load what the clock of one needs.
if ('document' in globalThis) {
  const { startClock, stopClock } = await import('./clock');
  beforeEach(stopClock);
  // After the file's own, which take the page down.
  afterEach(startClock);
}
