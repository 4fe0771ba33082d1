import type { components } from '../../api/openapi';

export type Runtime = components['schemas']['Runtime'];

/** Every runtime of the API, with the one that takes its place where AWS has retired it. */
const SUCCESSORS: Readonly<Record<Runtime, Runtime | undefined>> = {
  'python3.13': undefined,
  nodejs24: undefined,
  nodejs22: undefined,
  'python3.9': 'python3.13',
  nodejs18: 'nodejs24',
};

/** Those that live come first. */
export const RUNTIMES = Object.keys(SUCCESSORS) as readonly Runtime[];

export const isRuntime = (text: string): text is Runtime => Object.hasOwn(SUCCESSORS, text);

export const successorOf = (runtime: string): Runtime | undefined =>
  isRuntime(runtime) ? SUCCESSORS[runtime] : undefined;

/** What a person should know of a runtime before choosing it. */
export function retirement(runtime: string): string | undefined {
  const successor = successorOf(runtime);
  return successor && `AWS has retired ${runtime}: the code is made for ${successor}.`;
}
