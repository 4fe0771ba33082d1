import type { Accepted, StartProvisioning } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { useCommands } from '../commands/CommandsProvider';
import { usePending } from '../commands/PendingProvider';
import { type CommandFailure, useCommand } from '../commands/useCommand';

interface AnotherAttempt {
  /** Begins it as the last one was; undefined when that was refused, `failure` then says why. */
  readonly again: () => Promise<Accepted | undefined>;
  readonly isStarting: boolean;
  readonly failure: CommandFailure | undefined;
}

/** How to set up a project once more, with what is known from before. */
export function useAnotherAttempt({ id, name }: Pick<Project, 'id' | 'name'>): AnotherAttempt {
  const { pending, expect } = usePending();
  const { startProvisioning } = useCommands();
  const command = useCommand((data: StartProvisioning, sending) =>
    startProvisioning(id, data, sending),
  );
  const isExpected = pending.some(
    ({ projectId, kind }) => projectId === id && kind === 'start-provisioning',
  );

  async function again(): Promise<Accepted | undefined> {
    const accepted = await command.submit({});
    if (accepted) expect('start-provisioning', name, accepted);
    return accepted;
  }

  return { again, isStarting: command.sending || isExpected, failure: command.failure };
}
