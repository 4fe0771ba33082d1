// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import type { Connection } from '../../src/features/connection/connection';
import {
  AFTER_CONNECTING,
  useCatchUp,
  WHILE_LIVE,
  WHILE_UNSURE,
} from '../../src/features/connection/useCatchUp';

function catchingUp() {
  const read = vi.fn();
  const hook = renderHook(({ connection, isFailing }) => useCatchUp(connection, isFailing, read), {
    initialProps: {
      connection: 'connecting' as Connection,
      isFailing: false,
    },
  });
  const become = (connection: Connection, isFailing = false): void => {
    read.mockClear();
    hook.rerender({ connection, isFailing });
  };
  return { read, become, unmount: hook.unmount };
}

describe('the list is read again', () => {
  test('at the start, once live, and a moment later for what the acknowledgement lost', () => {
    const { read, become } = catchingUp();
    expect(read).toHaveBeenCalledTimes(1);
    become('live');
    expect(read).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(AFTER_CONNECTING);
    expect(read).toHaveBeenCalledTimes(2);
  });

  test('[W13] after every reconnect', () => {
    const { read, become } = catchingUp();
    become('live');
    become('reconnecting');
    become('live');
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('often while there is no live connection, rarely while there is', () => {
    const { read, become } = catchingUp();
    become('reconnecting');
    vi.advanceTimersByTime(3 * WHILE_UNSURE);
    expect(read).toHaveBeenCalledTimes(3);
    become('live');
    vi.advanceTimersByTime(WHILE_LIVE);
    expect(read).toHaveBeenCalledTimes(3);
  });

  test('soon when the last reading failed', () => {
    const { read, become } = catchingUp();
    become('live');
    vi.advanceTimersByTime(AFTER_CONNECTING);
    become('live', true);
    vi.advanceTimersByTime(WHILE_UNSURE);
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('when the network or the person comes back', () => {
    const { read, become } = catchingUp();
    become('live');
    read.mockClear();
    window.dispatchEvent(new Event('online'));
    document.dispatchEvent(new Event('visibilitychange'));
    expect(read).toHaveBeenCalledTimes(2);
  });

  test('never after the page was left', () => {
    const { read, become, unmount } = catchingUp();
    become('live');
    unmount();
    read.mockClear();
    vi.advanceTimersByTime(WHILE_LIVE);
    window.dispatchEvent(new Event('online'));
    expect(read).not.toHaveBeenCalled();
  });
});
