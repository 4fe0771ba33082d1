import { TextField } from '@aws-amplify/ui-react';
import { type ReactNode, useState } from 'react';
import type { PlainCommand } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';

export type ProjectAction = 'archive-project' | 'restore-project' | 'delete-project';

interface Words {
  readonly title: string;
  readonly action: string;
  readonly doing: string;
  readonly text: (name: ReactNode) => ReactNode;
  readonly destructive?: boolean;
  /** What cannot be undone is confirmed by typing the name. */
  readonly typesName?: boolean;
}

const WORDS: Record<ProjectAction & PlainCommand, Words> = {
  'archive-project': {
    title: 'Archive project?',
    action: 'Archive project',
    doing: 'Archiving…',
    text: (name) => (
      <>
        {name} moves to the archive with its services and its history. It can still be read, but no
        longer changed. You can restore it at any time.
      </>
    ),
  },
  'restore-project': {
    title: 'Restore project?',
    action: 'Restore project',
    doing: 'Restoring…',
    text: (name) => <>{name} leaves the archive with its services, and can be changed again.</>,
  },
  'delete-project': {
    title: 'Delete project?',
    action: 'Delete project',
    doing: 'Deleting…',
    text: (name) => (
      <>
        {name} and its services are no longer listed, for good, and take no more changes. Its
        history stays on record. To put it aside, archive it instead.
      </>
    ),
    destructive: true,
    typesName: true,
  },
};

interface ConfirmProjectDialogProps {
  readonly action: ProjectAction;
  readonly project: Project;
  readonly onClose: () => void;
}

export function ConfirmProjectDialog({ action, project, onClose }: ConfirmProjectDialogProps) {
  const words = WORDS[action];
  const [typed, setTyped] = useState('');
  const commands = useCommands();
  const done = useAccepted(action, onClose);
  const command = useCommand((id: string, sending) => commands.send(action, id, sending));
  const isConfirmed = !words.typesName || typed.trim() === project.name.trim();

  async function submit(): Promise<void> {
    const accepted = await command.submit(project.id);
    if (accepted) done(project.name, accepted);
  }

  return (
    <Dialog title={words.title} onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        mistakes={new Map(isConfirmed ? [] : [['confirmation', 'This is not the project’s name.']])}
        action={words.action}
        doing={words.doing}
        destructive={words.destructive ?? false}
      >
        {(errors) => (
          <>
            <p>{words.text(<strong>{project.name}</strong>)}</p>
            {words.typesName && (
              <TextField
                label="Type the project’s name to confirm"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                hasError={errors.has('confirmation')}
                errorMessage={errors.get('confirmation')}
                autoComplete="off"
              />
            )}
          </>
        )}
      </CommandForm>
    </Dialog>
  );
}
