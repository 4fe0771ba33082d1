import { Alert, Button } from '@aws-amplify/ui-react';
import { type FormEvent, useState } from 'react';
import type { ChangeProject } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { CommandRefused } from '../../api/problem';
import { useReadModels } from '../../rows/ReadModelsProvider';
import { Dialog } from '../../ui/Dialog';
import { CommandFooter } from '../commands/CommandFooter';
import { useCommands } from '../commands/CommandsProvider';
import { errorsOf, FailureAlert } from '../commands/FailureAlert';
import { usePending } from '../commands/PendingProvider';
import { useCommand } from '../commands/useCommand';
import { changeOf, checkProject, draftOf } from './draft';
import { PROJECT_FIELDS, ProjectFields } from './ProjectFields';

interface ChangeProjectDialogProps {
  /** As it is now: it may change while the form is open. */
  readonly project: Project;
  readonly onClose: () => void;
}

interface Change {
  readonly data: ChangeProject;
  /** What the person saw; anything newer on the server refuses the change. */
  readonly version: number;
}

export function ChangeProjectDialog({ project, onClose }: ChangeProjectDialogProps) {
  const [seen, setSeen] = useState(project);
  const [draft, setDraft] = useState(() => draftOf(project));
  const [mistakes, setMistakes] = useState<ReadonlyMap<string, string>>(new Map());
  const { readProject } = useReadModels();
  const commands = useCommands();
  const { expect } = usePending();
  const command = useCommand(({ data, version }: Change, sending) =>
    commands.changeProject(project.id, data, version, sending).catch(async (failure: unknown) => {
      // Best effort: the newest values, so that they stand beside the person's own.
      if (isStale(failure)) await readProject(project.id).catch(() => false);
      throw failure;
    }),
  );

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const data = changeOf(draftOf(seen), draft);
    const found = data ? checkProject(draft) : new Map([['name', 'Nothing has changed yet.']]);
    setMistakes(found);
    if (!data || found.size > 0) return;
    const accepted = await command.submit({ data, version: seen.version });
    if (!accepted) return;
    expect({
      commandId: accepted.commandId,
      kind: 'change-project',
      projectId: project.id,
      version: accepted.version,
      name: data.name ?? project.name,
      acceptedAt: Date.now(),
    });
    onClose();
  }

  const errors = new Map([...errorsOf(command.failure), ...mistakes]);
  return (
    <Dialog title="Edit project" onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <FailureAlert failure={command.failure} fields={PROJECT_FIELDS} />
        {project.version > seen.version && (
          <NewestValues
            project={project}
            onKeepMine={() => setSeen(project)}
            onTakeNewest={() => {
              setSeen(project);
              setDraft(draftOf(project));
            }}
          />
        )}
        <ProjectFields draft={draft} onChange={setDraft} errors={errors} />
        <CommandFooter state={command} action="Save changes" doing="Saving…" />
      </form>
    </Dialog>
  );
}

interface NewestValuesProps {
  readonly project: Project;
  readonly onKeepMine: () => void;
  readonly onTakeNewest: () => void;
}

/** Shown as soon as the project moves on under an open form: one of the two answers is needed to go on. */
function NewestValues({ project, onKeepMine, onTakeNewest }: NewestValuesProps) {
  return (
    <Alert variation="warning" heading="This project has changed since you opened the form">
      <dl className="newest">
        <dt>Name now</dt>
        <dd>{project.name}</dd>
        <dt>Description now</dt>
        <dd>{project.description || <em>none</em>}</dd>
      </dl>
      <div className="button-row">
        <Button type="button" size="small" onClick={onKeepMine}>
          Keep my text
        </Button>
        <Button type="button" size="small" onClick={onTakeNewest}>
          Take the newest
        </Button>
      </div>
    </Alert>
  );
}

function isStale(failure: unknown): boolean {
  return failure instanceof CommandRefused && failure.problem.status === 412;
}
