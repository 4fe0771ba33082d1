import { useState } from 'react';
import type { AddService } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';
import { checkDraft, emptyDraft, serviceOf } from './draft';
import { ServiceFields, serviceFieldNames } from './ServiceFields';

interface AddServiceDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
}

export function AddServiceDialog({ project, onClose }: AddServiceDialogProps) {
  const [draft, setDraft] = useState(emptyDraft);
  const commands = useCommands();
  const done = useAccepted('add-service', onClose);
  const command = useCommand((data: AddService, sending) =>
    commands.addService(project.id, data, sending),
  );

  async function submit(): Promise<void> {
    const data = serviceOf(draft);
    const accepted = await command.submit(data);
    if (accepted) done(data.serviceName, accepted);
  }

  return (
    <Dialog title={`Add a service to ${project.name}`} onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        mistakes={checkDraft(draft)}
        fields={serviceFieldNames()}
        action="Add service"
        doing="Adding…"
      >
        {(errors) => <ServiceFields draft={draft} onChange={setDraft} errors={errors} />}
      </CommandForm>
    </Dialog>
  );
}
