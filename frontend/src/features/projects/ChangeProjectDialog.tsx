import { useState } from 'react';
import type { ChangeProject } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useReadProject } from '../commands/PendingProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';
import { changeOf, checkChange, draftOf, type ProjectDraft } from './draft';
import { keepMine } from './keepMine';
import { isStale, NewestValues } from './NewestValues';
import { PROJECT_FIELDS, ProjectFields } from './ProjectFields';

interface ChangeProjectDialogProps {
  /** As it is now: it may change while the form is open. */
  readonly project: Project;
  readonly onClose: () => void;
}

interface Change {
  readonly data: ChangeProject;
  /** What the person saw; what others changed since is combined, or refuses the change. */
  readonly version: number;
}

export function ChangeProjectDialog({ project, onClose }: ChangeProjectDialogProps) {
  const [seen, setSeen] = useState(project);
  const [draft, setDraft] = useState(() => draftOf(project));
  const done = useAccepted('change-project', onClose);
  const command = useChange(project.id);
  const fields = fieldsOf(draftOf(seen), draftOf(project), draft);
  // Whatever else has changed is combined with this change.
  const isOvertaken = fields.some((field) => field.newest !== field.seen);

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
        hidesFailure={isStale(command.failure) && isOvertaken}
      >
        {(errors) => (
          <>
            {isOvertaken && (
              <NewestValues
                fields={fields}
                onKeepMine={() => {
                  setSeen(project);
                  setDraft(keepMine(draftOf(seen), draftOf(project), draft));
                }}
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

const LABELS = { name: 'Name', description: 'Description' } as const;

const fieldsOf = (seen: ProjectDraft, newest: ProjectDraft, mine: ProjectDraft) =>
  (['name', 'description'] as const).map((field) => ({
    label: LABELS[field],
    seen: seen[field],
    newest: newest[field],
    mine: mine[field],
  }));
