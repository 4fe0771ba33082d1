// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useReading } from '../../src/rows/useReading';

function reading() {
  const answers: PromiseWithResolvers<void>[] = [];
  const read = (): Promise<void> => {
    answers.push(withResolvers());
    return answers.at(-1)!.promise;
  };
  const hook = renderHook(({ read }) => useReading(read), { initialProps: { read } });
  return { answers, hook, state: () => hook.result.current[0].state };
}

/** Waits for what follows from the answer, too. */
const settling = (answer: () => void): Promise<void> => act(() => Promise.resolve(answer()));

test('a reading that fails late does not overrule a newer one that went well', async () => {
  const { answers, hook, state } = reading();
  act(() => hook.result.current[1]());
  act(() => hook.result.current[1]());
  await settling(() => answers[1]?.resolve());
  await settling(() => answers[0]?.reject(new Error('timeout')));
  expect(state()).toBe('ready');
});

test('a reading of something else starts anew', async () => {
  const { answers, hook, state } = reading();
  act(() => hook.result.current[1]());
  hook.rerender({ read: () => Promise.resolve() });
  await settling(() => answers[0]?.resolve());
  expect(state()).toBe('loading');
});

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

// Node 20 has no Promise.withResolvers.
function withResolvers(): PromiseWithResolvers<void> {
  let resolve!: (value: void) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
