import type { Accepted, PlainCommand } from '../../api/commands';
import type { Analysis, Project, Service } from '../../api/readModels';
import { type Rows, versionOf } from '../../rows/rows';

type ServiceCommand = 'add-service' | 'change-service' | 'remove-service';

/** A command that was accepted, until the page shows what it did. */
export interface Pending {
  readonly commandId: string;
  /** The command's name in the API. */
  readonly kind:
    | 'create-project'
    | 'change-project'
    | 'configure-project'
    | 'start-provisioning'
    | 'request-analysis'
    | 'draft-template'
    | ServiceCommand
    | PlainCommand;
  readonly projectId: string;
  /** What the command was accepted for: the project, or an analysis of it. */
  readonly aggregateId: string;
  /** Its version after the command. */
  readonly version: number;
  /** What it is about: the project's or the service's name. */
  readonly name: string;
  readonly acceptedAt: number;
}

export interface ReadModelRows {
  readonly projects: Rows<Project>;
  readonly services: Rows<Service>;
  readonly analyses: Rows<Analysis>;
}

/** Longer than this means that something behind the API is slow; the command itself is safe. */
export const OVERDUE_AFTER = 5_000;

const FIRST_POLL = 1_000;
const SLOWEST_POLL = 8_000;

export function pendingOf(
  kind: Pending['kind'],
  name: string,
  { commandId, aggregateId, version }: Accepted,
  acceptedAt: number,
  projectId: string = aggregateId,
): Pending {
  return { commandId, kind, projectId, aggregateId, version, name, acceptedAt };
}

/** True once the rows on the page have reached the version which the command was answered with. */
export function isShown(pending: Pending, rows: ReadModelRows): boolean {
  const { projects, services, analyses } = rows;
  if (isOfAnalysis(pending)) return versionOf(analyses, pending.aggregateId) >= pending.version;
  if (versionOf(projects, pending.projectId) < pending.version) return false;
  return !isOfService(pending) || hasServiceAt(services, pending);
}

export const isOfAnalysis = ({ kind }: Pending): boolean => kind.endsWith('-analysis');

export const isOfService = ({ kind }: Pending): boolean => kind.endsWith('-service');

export function unsettled(pending: readonly Pending[], rows: ReadModelRows): readonly Pending[] {
  const open = pending.filter((each) => !isShown(each, rows));
  return open.length === pending.length ? pending : open;
}

export const isOverdue = (pending: Pending, now: number): boolean =>
  now - pending.acceptedAt > OVERDUE_AFTER;

/** The subscription normally brings the row within a fraction of a second; this is for when it does not. */
export function pollDelay(attempt: number): number {
  return Math.min(FIRST_POLL * 2 ** attempt, SLOWEST_POLL);
}

/** Services are written by a projection of their own, so the project's version says nothing about them. */
function hasServiceAt(services: Rows<Service>, { projectId, version }: Pending): boolean {
  return [...services.values()].some(
    ({ row }) => row.projectId === projectId && row.version >= version,
  );
}
