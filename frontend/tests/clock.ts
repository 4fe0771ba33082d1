import { configure } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { vi } from 'vitest';

// ms of a clock that stands still: a page that has not settled after a minute never does
configure({ asyncUtilTimeout: 60_000 });

/**
 * The page reads again by the clock, and on a slow machine it would do so in the middle of a test. In
 * tests of the page time passes only while something is waited for, and by as much, however long the
 * machine takes.
 */
export function stopClock(): void {
  vi.useFakeTimers();
  // Testing Library knows no other fake timers than Jest's, and would wait by those without advancing them.
  Object.assign(globalThis, { jest: { advanceTimersByTime: advance } });
}

export function startClock(): void {
  // Not vi.unstubAllGlobals: files share a process, and others have globals of their own.
  Reflect.deleteProperty(globalThis, 'jest');
  vi.useRealTimers();
}

/** Somebody who acts while the clock stands still. */
export const personOf = () => userEvent.setup({ advanceTimers: advance });

/** Lets time pass, and what follows from it happen. */
export const pass = async (ms: number): Promise<void> =>
  void (await vi.advanceTimersByTimeAsync(ms));

const advance = (ms: number): void => void vi.advanceTimersByTime(ms);
