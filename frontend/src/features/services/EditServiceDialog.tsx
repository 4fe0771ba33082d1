import { useState } from 'react';
import type { ChangeService } from '../../api/commands';
import type { Service } from '../../api/readModels';
import { useRows } from '../../rows/useReadModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useReadProject } from '../commands/PendingProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';
import { keepMine } from '../projects/keepMine';
import { isStale, NewestValues } from '../projects/NewestValues';
import { changeOf, checkChange, draftOf, type ServiceDraft } from './draft';
import { ServiceFields, serviceFieldNames } from './ServiceFields';

interface EditServiceDialogProps {
  /** As it was when the form was opened: what others change meanwhile is shown beside it. */
  readonly service: Service;
  readonly onClose: () => void;
}

interface Change {
  readonly data: ChangeService;
  /** What the person saw; what others changed since is combined, or refuses the change. */
  readonly version: number;
}

export function EditServiceDialog({ service, onClose }: EditServiceDialogProps) {
  const newest = useRows('Service').get(service.id)?.row ?? service;
  const [seen, setSeen] = useState(service);
  const [draft, setDraft] = useState(() => draftOf(service));
  const commands = useCommands();
  const done = useAccepted('change-service', onClose);
  const place = { projectId: seen.projectId, serviceId: seen.id };
  const readProject = useReadProject();
  const command = useCommand(async ({ data, version }: Change, sending) => {
    try {
      return await commands.changeService(place, data, version, sending);
    } catch (failure) {
      // Best effort: the newest values, so that they stand beside the person's own.
      if (isStale(failure)) await readProject(place.projectId).catch(() => false);
      throw failure;
    }
  });
  const fields = fieldsOf(draftOf(seen), draftOf(newest), draft);
  const isOvertaken = fields.some((field) => field.newest !== field.seen);

  async function submit(): Promise<void> {
    const data = changeOf(draftOf(seen), draft);
    const accepted = data && (await command.submit({ data, version: seen.version }));
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
        hidesFailure={isStale(command.failure) && isOvertaken}
      >
        {(errors) => (
          <>
            {isOvertaken && (
              <NewestValues
                fields={fields}
                onKeepMine={() => {
                  setSeen(newest);
                  setDraft(keepMine(draftOf(seen), draftOf(newest), draft));
                }}
                onTakeNewest={() => {
                  setSeen(newest);
                  setDraft(draftOf(newest));
                }}
              />
            )}
            <ServiceFields draft={draft} onChange={setDraft} errors={errors} />
          </>
        )}
      </CommandForm>
    </Dialog>
  );
}

const LABELS = {
  serviceName: 'Name',
  serviceType: 'Type',
  configuration: 'Configuration',
} as const;

const fieldsOf = (seen: ServiceDraft, newest: ServiceDraft, mine: ServiceDraft) =>
  (['serviceName', 'serviceType', 'configuration'] as const).map((field) => ({
    label: LABELS[field],
    seen: seen[field],
    newest: newest[field],
    mine: mine[field],
  }));
