import type { Base, ChangeProject, OnConflict } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { EditForm } from '../conflicts/EditForm';
import { useChange } from '../conflicts/useChange';
import { type Form, useEditing } from '../conflicts/useEditing';
import { changeOf, checkChange, draftOf, type ProjectDraft } from './draft';
import { PROJECT_FIELDS, ProjectFields } from './ProjectFields';

interface ChangeProjectDialogProps {
  /** As it is now: it may change while the form is open. */
  readonly project: Project;
  readonly onClose: () => void;
}

const FORM: Form<Project, ProjectDraft, 'name' | 'description'> = {
  draftOf,
  textsOf: ({ name, description }) => ({ name, description }),
  labels: { name: 'Name', description: 'Description' },
};

export function ChangeProjectDialog({ project, onClose }: ChangeProjectDialogProps) {
  const editing = useEditing(project, FORM);
  const { changeProject } = useCommands();
  const done = useAccepted('change-project', onClose);
  const command = useChange(project.id, (data: ChangeProject, base: Base, sending) =>
    changeProject(project.id, data, base, sending),
  );

  async function send(draft: ProjectDraft, onConflict: OnConflict): Promise<void> {
    const data = changeOf(draftOf(project), draft);
    const base = { version: project.version, onConflict };
    const accepted = data && (await command.submit({ data, base }));
    if (accepted) done(data.name ?? project.name, accepted);
  }

  return (
    <Dialog title="Edit project" onClose={onClose}>
      <EditForm
        what="project"
        editing={editing}
        command={command}
        onSend={send}
        check={checkChange}
        fields={PROJECT_FIELDS}
      >
        {(errors) => (
          <ProjectFields draft={editing.draft} onChange={editing.change} errors={errors} />
        )}
      </EditForm>
    </Dialog>
  );
}
