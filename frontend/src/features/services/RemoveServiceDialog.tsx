import type { Service } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';

interface RemoveServiceDialogProps {
  readonly service: Service;
  readonly onClose: () => void;
}

export function RemoveServiceDialog({ service, onClose }: RemoveServiceDialogProps) {
  const commands = useCommands();
  const done = useAccepted('remove-service', onClose);
  const { projectId, id: serviceId, name } = service;
  const command = useCommand((id: string, sending) =>
    commands.removeService({ projectId, serviceId: id }, sending),
  );

  async function submit(): Promise<void> {
    const accepted = await command.submit(serviceId);
    if (accepted) done(name, accepted);
  }

  return (
    <Dialog title="Remove service?" onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        action="Remove service"
        doing="Removing…"
        destructive
      >
        {() => (
          <p>
            <strong>{name}</strong> and its configuration leave the project. The project’s history
            still tells of it.
          </p>
        )}
      </CommandForm>
    </Dialog>
  );
}
