import { Button } from '@aws-amplify/ui-react';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../../ui/Dialog';
import { CloseIcon, PlusIcon } from '../../ui/icons';
import { CommandFooter } from '../commands/CommandFooter';
import { useCommands } from '../commands/CommandsProvider';
import { errorsOf, FailureAlert } from '../commands/FailureAlert';
import { usePending } from '../commands/PendingProvider';
import { useCommand } from '../commands/useCommand';
import { emptyDraft, type ServiceDraft } from '../services/draft';
import { ServiceFields, serviceFieldNames } from '../services/ServiceFields';
import { checkProject, creationOf, emptyProject, serviceAt } from './draft';
import { PROJECT_FIELDS, ProjectFields } from './ProjectFields';

/** A service in the form, with a key that stays its own when another one is removed. */
interface Entry {
  readonly key: number;
  readonly draft: ServiceDraft;
}

export function CreateProjectDialog({ onClose }: { onClose: () => void }) {
  const [project, setProject] = useState(emptyProject);
  const [services, setServices] = useState<readonly Entry[]>([]);
  const [mistakes, setMistakes] = useState<ReadonlyMap<string, string>>(new Map());
  const commands = useCommands();
  const { expect } = usePending();
  const command = useCommand(commands.createProject);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const drafts = services.map(({ draft }) => draft);
    const found = checkProject(project, drafts);
    setMistakes(found);
    if (found.size > 0) return;
    const data = creationOf(project, drafts);
    const accepted = await command.submit(data);
    if (!accepted) return;
    expect({
      commandId: accepted.commandId,
      kind: 'create-project',
      projectId: accepted.aggregateId,
      version: accepted.version,
      name: data.name,
      acceptedAt: Date.now(),
    });
    onClose();
  }

  const errors = new Map([...errorsOf(command.failure), ...mistakes]);
  const fields = [
    ...PROJECT_FIELDS,
    ...services.flatMap((_, i) => serviceFieldNames(serviceAt(i))),
  ];
  return (
    <Dialog title="New project" onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <FailureAlert failure={command.failure} fields={fields} />
        <ProjectFields draft={project} onChange={setProject} errors={errors} />
        <ServiceEntries entries={services} onChange={setServices} errors={errors} />
        <CommandFooter state={command} action="Create project" doing="Creating…" />
      </form>
    </Dialog>
  );
}

interface ServiceEntriesProps {
  readonly entries: readonly Entry[];
  readonly onChange: (entries: readonly Entry[]) => void;
  readonly errors: ReadonlyMap<string, string>;
}

function ServiceEntries({ entries, onChange, errors }: ServiceEntriesProps) {
  const replace = (key: number, draft: ServiceDraft): void =>
    onChange(entries.map((entry) => (entry.key === key ? { key, draft } : entry)));
  const remove = (key: number): void => onChange(entries.filter((entry) => entry.key !== key));
  const add = (): void => {
    const key = Math.max(0, ...entries.map((entry) => entry.key)) + 1;
    onChange([...entries, { key, draft: emptyDraft }]);
  };
  return (
    <>
      {entries.map(({ key, draft }, index) => (
        <fieldset key={key} className="service-entry">
          <legend>Service {index + 1}</legend>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove service ${index + 1}`}
            onClick={() => remove(key)}
          >
            <CloseIcon />
          </button>
          <ServiceFields
            draft={draft}
            onChange={(changed) => replace(key, changed)}
            errors={errors}
            at={serviceAt(index)}
          />
        </fieldset>
      ))}
      <Button type="button" variation="link" size="small" className="add-entry" onClick={add}>
        <PlusIcon /> Add a service to start with
      </Button>
    </>
  );
}
