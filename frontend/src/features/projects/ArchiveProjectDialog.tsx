import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';

interface ArchiveProjectDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
}

export function ArchiveProjectDialog({ project, onClose }: ArchiveProjectDialogProps) {
  const commands = useCommands();
  const done = useAccepted('archive-project', onClose);
  const command = useCommand((id: string, sending) => commands.archiveProject(id, sending));

  async function submit(): Promise<void> {
    const accepted = await command.submit(project.id);
    if (accepted) done(project.name, accepted);
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
