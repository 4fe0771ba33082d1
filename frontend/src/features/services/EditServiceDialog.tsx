import type { Base, ChangeService, OnConflict } from '../../api/commands';
import type { Service } from '../../api/readModels';
import { useRows } from '../../rows/useReadModels';
import { Dialog } from '../../ui/Dialog';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { EditForm } from '../conflicts/EditForm';
import { useChange } from '../conflicts/useChange';
import { type Form, useEditing } from '../conflicts/useEditing';
import { changeOf, checkChange, draftOf, type ServiceDraft } from './draft';
import { ServiceFields, serviceFieldNames } from './ServiceFields';

interface EditServiceDialogProps {
  /** As it was when the form was opened: what others change meanwhile is shown beside it. */
  readonly service: Service;
  readonly onClose: () => void;
}

const FORM: Form<Service, ServiceDraft, keyof ServiceDraft> = {
  draftOf,
  textsOf: (draft) => draft,
  labels: { serviceName: 'Name', serviceType: 'Type', configuration: 'Configuration' },
};

export function EditServiceDialog({ service, onClose }: EditServiceDialogProps) {
  const newest = useRows('Service').get(service.id)?.row ?? service;
  const editing = useEditing(newest, FORM);
  const { changeService } = useCommands();
  const done = useAccepted('change-service', onClose);
  const place = { projectId: service.projectId, serviceId: service.id };
  const command = useChange(place.projectId, (data: ChangeService, base: Base, sending) =>
    changeService(place, data, base, sending),
  );

  async function send(draft: ServiceDraft, onConflict: OnConflict): Promise<void> {
    const data = changeOf(draftOf(newest), draft);
    const base = { version: newest.version, onConflict };
    const accepted = data && (await command.submit({ data, base }));
    if (accepted) done(data.serviceName ?? newest.name, accepted);
  }

  return (
    <Dialog title={`Edit ${service.name}`} onClose={onClose}>
      <EditForm
        what="service"
        editing={editing}
        command={command}
        onSend={send}
        check={checkChange}
        fields={serviceFieldNames()}
      >
        {(errors) => (
          <ServiceFields draft={editing.draft} onChange={editing.change} errors={errors} />
        )}
      </EditForm>
    </Dialog>
  );
}
