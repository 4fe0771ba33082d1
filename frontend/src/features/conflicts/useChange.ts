import type { Accepted, Base, Sending } from '../../api/commands';
import { useReadProject } from '../commands/PendingProvider';
import { type CommandForm, useCommand } from '../commands/useCommand';
import { isStale } from './conflict';

interface Change<Data> {
  readonly data: Data;
  /** What the person saw. */
  readonly base: Base;
}

/** A command that changes a part of a project; refused as stale, the newest values are read. */
export function useChange<Data>(
  projectId: string,
  send: (data: Data, base: Base, sending: Sending) => Promise<Accepted>,
): CommandForm<Change<Data>> {
  const readProject = useReadProject();
  return useCommand(async ({ data, base }: Change<Data>, sending) => {
    try {
      return await send(data, base, sending);
    } catch (failure) {
      // Best effort: they are shown beside the person's own.
      if (isStale(failure)) await readProject(projectId).catch(() => undefined);
      throw failure;
    }
  });
}
