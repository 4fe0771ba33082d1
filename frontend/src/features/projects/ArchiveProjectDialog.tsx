import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
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

  async function submit(): Promise<void> {
    const accepted = await command.submit(project.id);
    if (!accepted) return;
    expect('archive-project', project.name, accepted);
    onClose();
  }

  return (
    <Dialog title="Archive project?" onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        action="Archive project"
        doing="Archiving…"
        destructive
      >
        {() => (
          <p>
            <strong>{project.name}</strong> moves to the archive with its services and its history.
            It can still be read, but no longer changed.
          </p>
        )}
      </CommandForm>
    </Dialog>
  );
}
