import type { PastEvent } from '../../api/history';

/** What one command recorded: its events, in one piece. */
export interface Commit {
  readonly command: string;
  readonly correlationId: string;
  /** The project's version before and after it. */
  readonly before: number;
  readonly version: number;
  readonly timestamp: string;
  readonly events: readonly PastEvent[];
}

/** Newest first. Events of one command stand together, because they were stored together. */
export function commitsOf(events: readonly PastEvent[]): Commit[] {
  const commits: PastEvent[][] = [];
  for (const event of events) {
    const last = commits.at(-1);
    if (last?.[0]?.causationId === event.causationId) last.push(event);
    else commits.push([event]);
  }
  return commits.map(commitOf).reverse();
}

function commitOf(events: readonly PastEvent[]): Commit {
  const [first, last] = [events[0]!, events.at(-1)!];
  return {
    command: first.causationId,
    correlationId: first.correlationId,
    before: first.eventSequence - 1,
    version: last.eventSequence,
    timestamp: last.timestamp,
    events,
  };
}

/** The commit that a version lies in: a version in its middle is of the whole. */
export const commitAt = (commits: readonly Commit[], version: number): Commit | undefined =>
  commits.find((commit) => commit.before < version && version <= commit.version);

export type Kind = 'services' | 'deployments' | 'provisioning' | 'project';

export const KINDS: Record<Kind, string> = {
  project: 'The project',
  services: 'Services',
  deployments: 'Deployments',
  provisioning: 'Provisioning',
};

export function kindOf({ events }: Commit): Kind {
  const type = events[0]?.eventType ?? '';
  if (type.startsWith('Service')) return 'services';
  if (type.startsWith('Deployment')) return 'deployments';
  return type.startsWith('Provisioning') ? 'provisioning' : 'project';
}

/** Days as people name them, each with its commits, in their order. */
export function byDay(commits: readonly Commit[], now: number): (readonly [string, Commit[]])[] {
  const days = new Map<string, Commit[]>();
  for (const commit of commits) {
    const day = dayOf(Date.parse(commit.timestamp), now);
    days.set(day, [...(days.get(day) ?? []), commit]);
  }
  return [...days];
}

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

function dayOf(at: number, now: number): string {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : date.format(at);
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
