import type { components } from '../../api/openapi';
import successors from './successors.json';

export type Runtime = components['schemas']['Runtime'];

/**
 * Every runtime of the API, with the one that takes its place where AWS has retired it: as in
 * src/domain/runtimes.py, which a test compares.
 */
const SUCCESSORS: Readonly<Record<Runtime, string | null>> = successors;

/** Those that live come first. */
export const RUNTIMES = Object.keys(SUCCESSORS) as readonly Runtime[];

export const isRuntime = (text: string): text is Runtime => Object.hasOwn(SUCCESSORS, text);

export const successorOf = (runtime: string): string | undefined =>
  isRuntime(runtime) ? (SUCCESSORS[runtime] ?? undefined) : undefined;

/** What a person should know of a runtime before choosing it. */
export function retirement(runtime: string): string | undefined {
  const successor = successorOf(runtime);
  return successor && `AWS has retired ${runtime}: the code is made for ${successor}.`;
}
