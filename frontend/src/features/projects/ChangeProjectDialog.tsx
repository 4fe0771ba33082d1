import { Alert, Button } from '@aws-amplify/ui-react';
import { useState } from 'react';
import type { ChangeProject } from '../../api/commands';
import { CommandRefused } from '../../api/problem';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useReadProject } from '../commands/PendingProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';
import { changeOf, checkChange, draftOf, type ProjectDraft } from './draft';
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
  const done = useAccepted('change-project', onClose);
  const command = useChange(project.id);

  async function submit(): Promise<void> {
    const data = changeOf(draftOf(seen), draft);
    const accepted = data && (await command.submit({ data, version: seen.version }));
    if (accepted) done(data.name ?? project.name, accepted);
  }

  return (
    <Dialog title="Edit project" onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        mistakes={checkChange(draftOf(seen), draft)}
        fields={PROJECT_FIELDS}
        action="Save changes"
        doing="Saving…"
        hidesFailure={isStale(command.failure) && project.version > seen.version}
      >
        {(errors) => (
          <>
            {project.version > seen.version && (
              <NewestValues
                seen={draftOf(seen)}
                newest={draftOf(project)}
                mine={draft}
                onKeepMine={() => setSeen(project)}
                onTakeNewest={() => {
                  setSeen(project);
                  setDraft(draftOf(project));
                }}
              />
            )}
            <ProjectFields draft={draft} onChange={setDraft} errors={errors} />
          </>
        )}
      </CommandForm>
    </Dialog>
  );
}

function useChange(id: string) {
  const readProject = useReadProject();
  const commands = useCommands();
  return useCommand(async ({ data, version }: Change, sending) => {
    try {
      return await commands.changeProject(id, data, version, sending);
    } catch (failure) {
      // Best effort: the newest values, so that they stand beside the person's own.
      if (isStale(failure)) await readProject(id).catch(() => false);
      throw failure;
    }
  });
}

interface NewestValuesProps {
  readonly seen: ProjectDraft;
  readonly newest: ProjectDraft;
  readonly mine: ProjectDraft;
  readonly onKeepMine: () => void;
  readonly onTakeNewest: () => void;
}

const LABELS = { name: 'Name', description: 'Description' } as const;

/** Shown as soon as the project moves on under an open form; one of the answers is needed to go on. */
function NewestValues({ seen, newest, mine, onKeepMine, onTakeNewest }: NewestValuesProps) {
  const changed = (['name', 'description'] as const).filter(
    (field) => newest[field] !== seen[field],
  );
  return (
    <Alert variation="warning" heading="Somebody changed this project meanwhile" role="alert">
      {changed.length === 0 && <p>Name and description are as you saw them.</p>}
      <dl className="newest">
        {changed.map((field) => (
          <div key={field}>
            <dt>{LABELS[field]} now</dt>
            <dd>{newest[field] || <em>none</em>}</dd>
            {mine[field].trim() !== seen[field] && <dd className="both">Both changed</dd>}
          </div>
        ))}
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
