import { Button } from '@aws-amplify/ui-react';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';
import { emptyDraft, type ServiceDraft } from '../services/draft';
import { ServiceFields, serviceFieldNames } from '../services/ServiceFields';
import { MAX_SERVICES } from '../limits';
import { checkProject, creationOf, emptyProject, serviceAt } from './draft';
import { PROJECT_FIELDS, ProjectFields } from './ProjectFields';

/** A service in the form, with a key that stays its own when another one is removed. */
interface Entry {
  readonly key: number;
  readonly draft: ServiceDraft;
  /** It was there at the last try to send, so its mistakes are told. */
  readonly isTried: boolean;
}

export function CreateProjectDialog({ onClose }: { onClose: () => void }) {
  const [project, setProject] = useState(emptyProject);
  const [services, setServices] = useState<readonly Entry[]>([]);
  const done = useAccepted('create-project', onClose);
  const command = useCommand(useCommands().createProject);
  const drafts = services.map(({ draft }) => draft);
  const remove = (key: number): void => {
    setServices(services.filter((entry) => entry.key !== key));
    // The API named the services by their places, which are others now.
    command.forget();
  };

  async function submit(): Promise<void> {
    const data = creationOf(project, drafts);
    const accepted = await command.submit(data);
    if (accepted) done(data.name, accepted);
  }

  return (
    <Dialog title="New project" onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        mistakes={checkProject(project, drafts)}
        untouched={services.flatMap(({ isTried }, index) =>
          isTried ? [] : serviceFieldNames(serviceAt(index)),
        )}
        onTry={() => setServices(services.map((entry) => ({ ...entry, isTried: true })))}
        fields={[
          ...PROJECT_FIELDS,
          ...drafts.flatMap((_, index) => serviceFieldNames(serviceAt(index))),
        ]}
        action="Create project"
        doing="Creating…"
      >
        {(errors) => (
          <>
            <ProjectFields draft={project} onChange={setProject} errors={errors} />
            <ServiceEntries
              entries={services}
              onChange={setServices}
              onRemove={remove}
              errors={errors}
            />
          </>
        )}
      </CommandForm>
    </Dialog>
  );
}

interface ServiceEntriesProps {
  readonly entries: readonly Entry[];
  readonly onChange: (entries: readonly Entry[]) => void;
  readonly onRemove: (key: number) => void;
  readonly errors: ReadonlyMap<string, string>;
}

function ServiceEntries({ entries, onChange, onRemove, errors }: ServiceEntriesProps) {
  const replace = (key: number, draft: ServiceDraft): void =>
    onChange(entries.map((entry) => (entry.key === key ? { ...entry, draft } : entry)));
  const add = (): void => {
    const key = Math.max(0, ...entries.map((entry) => entry.key)) + 1;
    onChange([...entries, { key, draft: emptyDraft, isTried: false }]);
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
            onClick={() => onRemove(key)}
          >
            <X />
          </button>
          <ServiceFields
            draft={draft}
            onChange={(changed) => replace(key, changed)}
            errors={errors}
            at={serviceAt(index)}
            autoFocus
          />
        </fieldset>
      ))}
      {entries.length < MAX_SERVICES && (
        <Button type="button" variation="link" size="small" className="add-entry" onClick={add}>
          <Plus /> Add a service to start with
        </Button>
      )}
    </>
  );
}
