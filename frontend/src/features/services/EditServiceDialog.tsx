import { useState } from 'react';
import type { ChangeService } from '../../api/commands';
import type { Service } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';
import { changeOf, checkChange, draftOf } from './draft';
import { ServiceFields, serviceFieldNames } from './ServiceFields';

interface EditServiceDialogProps {
  /** As it was when the form was opened: changes of others to the same fields refuse this one. */
  readonly service: Service;
  readonly onClose: () => void;
}

export function EditServiceDialog({ service, onClose }: EditServiceDialogProps) {
  const [seen] = useState(service);
  const [draft, setDraft] = useState(() => draftOf(service));
  const commands = useCommands();
  const done = useAccepted('change-service', onClose);
  const place = { projectId: seen.projectId, serviceId: seen.id };
  const command = useCommand((data: ChangeService, sending) =>
    commands.changeService(place, data, seen.version, sending),
  );

  async function submit(): Promise<void> {
    const data = changeOf(draftOf(seen), draft);
    const accepted = data && (await command.submit(data));
    if (accepted) done(data.serviceName ?? seen.name, accepted);
  }

  return (
    <Dialog title={`Edit ${seen.name}`} onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        mistakes={checkChange(draftOf(seen), draft)}
        fields={serviceFieldNames()}
        action="Save changes"
        doing="Saving…"
      >
        {(errors) => <ServiceFields draft={draft} onChange={setDraft} errors={errors} />}
      </CommandForm>
    </Dialog>
  );
}
