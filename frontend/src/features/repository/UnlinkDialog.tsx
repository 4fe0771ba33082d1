import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';

interface UnlinkDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
}

export function UnlinkDialog({ project, onClose }: UnlinkDialogProps) {
  const { send } = useCommands();
  const done = useAccepted('unlink-repository', onClose);
  const command = useCommand((id: string, sending) => send('unlink-repository', id, sending));

  async function submit(): Promise<void> {
    const accepted = await command.submit(project.id);
    if (accepted) done(project.name, accepted);
  }

  return (
    <Dialog title="Unlink the repository?" onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        action="Unlink the repository"
        doing="Unlinking…"
        destructive
      >
        {() => (
          <p>
            The project will no longer say where its code is. The repository itself is not touched,
            and it can be linked again.
          </p>
        )}
      </CommandForm>
    </Dialog>
  );
}
