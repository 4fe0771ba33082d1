import { type FormEvent, useState } from 'react';
import type { AddService } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandFooter } from '../commands/CommandFooter';
import { useCommands } from '../commands/CommandsProvider';
import { errorsOf, FailureAlert } from '../commands/FailureAlert';
import { usePending } from '../commands/PendingProvider';
import { useCommand } from '../commands/useCommand';
import { checkDraft, emptyDraft, serviceOf } from './draft';
import { ServiceFields, serviceFieldNames } from './ServiceFields';

interface AddServiceDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
}

export function AddServiceDialog({ project, onClose }: AddServiceDialogProps) {
  const [draft, setDraft] = useState(emptyDraft);
  const [mistakes, setMistakes] = useState<ReadonlyMap<string, string>>(new Map());
  const commands = useCommands();
  const { expect } = usePending();
  const command = useCommand((data: AddService, sending) =>
    commands.addService(project.id, data, sending),
  );

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const found = checkDraft(draft);
    setMistakes(found);
    if (found.size > 0) return;
    const data = serviceOf(draft);
    const accepted = await command.submit(data);
    if (!accepted) return;
    expect({
      commandId: accepted.commandId,
      kind: 'add-service',
      projectId: project.id,
      version: accepted.version,
      name: data.serviceName,
      acceptedAt: Date.now(),
    });
    onClose();
  }

  const errors = new Map([...errorsOf(command.failure), ...mistakes]);
  return (
    <Dialog title={`Add a service to ${project.name}`} onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <FailureAlert failure={command.failure} fields={serviceFieldNames()} />
        <ServiceFields draft={draft} onChange={setDraft} errors={errors} />
        <CommandFooter state={command} action="Add service" doing="Adding…" />
      </form>
    </Dialog>
  );
}
