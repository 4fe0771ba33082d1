import type { FormEvent } from 'react';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandFooter } from '../commands/CommandFooter';
import { useCommands } from '../commands/CommandsProvider';
import { FailureAlert } from '../commands/FailureAlert';
import { usePending } from '../commands/PendingProvider';
import { useCommand } from '../commands/useCommand';

interface ArchiveProjectDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
}

export function ArchiveProjectDialog({ project, onClose }: ArchiveProjectDialogProps) {
  const commands = useCommands();
  const { expect } = usePending();
  const command = useCommand((id: string, sending) => commands.archiveProject(id, sending));

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const accepted = await command.submit(project.id);
    if (!accepted) return;
    expect({
      commandId: accepted.commandId,
      kind: 'archive-project',
      projectId: project.id,
      version: accepted.version,
      name: project.name,
      acceptedAt: Date.now(),
    });
    onClose();
  }

  return (
    <Dialog title="Archive project?" onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <FailureAlert failure={command.failure} />
        <p>
          <strong>{project.name}</strong> moves to the archive with its services and its history. It
          can still be read, but no longer changed.
        </p>
        <CommandFooter state={command} action="Archive project" doing="Archiving…" destructive />
      </form>
    </Dialog>
  );
}
