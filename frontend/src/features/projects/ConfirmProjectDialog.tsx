import { Button, TextField } from '@aws-amplify/ui-react';
import { type ReactNode, useState } from 'react';
import type { PlainCommand } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { useToast } from '../../ui/Toasts';
import { useIsHere } from '../../ui/useIsHere';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { usePending } from '../commands/PendingProvider';
import { useAccepted } from '../commands/useAccepted';
import { newKey, useCommand } from '../commands/useCommand';
import { isProvisioned } from './state';

export type ProjectAction = 'archive-project' | 'restore-project' | 'delete-project';

interface Words {
  readonly title: string;
  readonly action: string;
  readonly doing: string;
  readonly done: string;
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
    done: 'was archived.',
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
    done: 'was restored.',
    text: (name) => <>{name} leaves the archive with its services, and can be changed again.</>,
  },
  'delete-project': {
    title: 'Delete project?',
    action: 'Delete project',
    doing: 'Deleting…',
    done: 'was deleted.',
    text: (name) => (
      <>
        {name} and its services are no longer listed, for good, and take no more changes. Its
        history stays on record.
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
  /** Another action is chosen instead. */
  readonly onInstead?: ((action: ProjectAction) => void) | undefined;
  /** Called once the command was accepted, unless the dialog was closed before. */
  readonly onDone?: ((action: ProjectAction) => void) | undefined;
}

export function ConfirmProjectDialog(props: ConfirmProjectDialogProps) {
  const { action, project, onClose, onInstead, onDone } = props;
  const words = WORDS[action];
  const [typed, setTyped] = useState('');
  const commands = useCommands();
  const done = useAccepted(action, onClose);
  const isOpen = useIsHere();
  const say = useSaying(project);
  const command = useCommand((id: string, sending) => commands.send(action, id, sending));
  const isConfirmed = !words.typesName || typed.trim() === project.name.trim();
  const offersArchive = action === 'delete-project' && project.status === 'ACTIVE' && onInstead;

  async function submit(): Promise<void> {
    const accepted = await command.submit(project.id);
    if (!accepted) return;
    say(action, words.done);
    // Who has closed the dialog before the answer came is left where they are.
    if (isOpen()) onDone?.(action);
    done(project.name, accepted);
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
        blocked={action === 'restore-project' ? undefined : obstacleOf(project)}
      >
        {(errors) => (
          <>
            <p>{words.text(<strong>{project.name}</strong>)}</p>
            {offersArchive && (
              <div className="row">
                <span className="soft">Only to put it aside?</span>
                <Button type="button" size="small" onClick={() => onInstead('archive-project')}>
                  Archive instead
                </Button>
              </div>
            )}
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

/** What the API would refuse it for; it passes by itself. */
function obstacleOf(project: Project): string | undefined {
  if (isProvisioned(project)) return 'Not while the project is being provisioned.';
  const { deploymentCount, deploymentsSucceeded, deploymentsFailed } = project;
  const isDeploying = deploymentCount > deploymentsSucceeded + deploymentsFailed;
  return isDeploying ? 'Not while a deployment is running.' : undefined;
}

/** Says that it is done, and offers to take it back where one command does that. */
function useSaying({ id, name }: Project): (action: ProjectAction, words: string) => void {
  const toast = useToast();
  const commands = useCommands();
  const { expect } = usePending();
  const restore = (): void =>
    void commands.send('restore-project', id, { key: newKey() }).then(
      (accepted) => expect('restore-project', name, accepted),
      () => toast({ text: `${name} could not be restored.`, isRefusal: true }),
    );
  return (action, words) =>
    toast({
      text: (
        <>
          <strong>{name}</strong> {words}
        </>
      ),
      ...(action === 'archive-project' && { action: { label: 'Undo', onSelect: restore } }),
    });
}
