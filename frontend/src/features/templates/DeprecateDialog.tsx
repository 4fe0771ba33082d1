import { TextField } from '@aws-amplify/ui-react';
import { useState } from 'react';
import { Dialog } from '../../ui/Dialog';
import { useToast } from '../../ui/Toasts';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useCommand } from '../commands/useCommand';
import { MAX_REASON } from '../limits';
import type { Template } from './template';

interface DeprecateDialogProps {
  readonly template: Template;
  readonly onClose: () => void;
}

export function DeprecateDialog({ template, onClose }: DeprecateDialogProps) {
  const [reason, setReason] = useState('');
  const { deprecateTemplate } = useCommands();
  const show = useToast();
  const command = useCommand((wanted: string, sending) =>
    deprecateTemplate(template.id, wanted, sending),
  );

  async function submit(): Promise<void> {
    if (!(await command.submit(reason.trim()))) return;
    show({ text: `${template.name} was deprecated.` });
    onClose();
  }

  return (
    <Dialog title={`Deprecate ${template.name}?`} onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        mistakes={reasonMistakes(reason)}
        fields={['reason']}
        action="Deprecate"
        doing="Deprecating…"
        destructive
      >
        {(errors) => (
          <>
            <p>
              Nobody can choose it for a new project any more, and this is for good. Projects that
              came from it are not touched, and one that is being set up now goes on with the
              revision that it was made from.
            </p>
            <TextField
              label="Reason"
              descriptiveText="Shown to everybody who looks for it."
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              hasError={errors.has('reason')}
              errorMessage={errors.get('reason')}
              autoComplete="off"
              isRequired
            />
          </>
        )}
      </CommandForm>
    </Dialog>
  );
}

function reasonMistakes(reason: string): ReadonlyMap<string, string> {
  const length = [...reason.trim()].length;
  if (length === 0) return new Map([['reason', 'Say why, for those who look for it.']]);
  return length > MAX_REASON
    ? new Map([['reason', `At most ${MAX_REASON} characters; there are ${length}.`]])
    : new Map();
}
