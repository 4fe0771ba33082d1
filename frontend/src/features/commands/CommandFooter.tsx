import { Button } from '@aws-amplify/ui-react';
import { useAnnouncement } from '../../ui/Announcer';
import { useOnline } from '../connection/online';
import type { CommandState } from './useCommand';
import { useWaitingWords } from './useWaitingWords';

interface CommandFooterProps {
  readonly state: CommandState;
  readonly action: string;
  readonly doing: string;
  readonly destructive?: boolean;
  /** Why it cannot be sent now; the button comes on by itself. */
  readonly blocked?: string | undefined;
}

/** The last line of every form: cancel, send, and what the sending is waiting for. */
export function CommandFooter(props: CommandFooterProps) {
  const { state, action, doing, destructive = false, blocked } = props;
  const waiting = useWaitingWords(state);
  const isOnline = useOnline();
  useAnnouncement(blocked ?? '');
  return (
    <footer className="dialog-footer">
      <span className="retry-note">{waiting ?? blocked}</span>
      <Button type="button" onClick={closeDialog}>
        Cancel
      </Button>
      <Button
        type="submit"
        variation={destructive ? 'destructive' : 'primary'}
        isDisabled={blocked !== undefined}
        isLoading={state.sending}
        loadingText={waiting && !isOnline ? 'Waiting…' : doing}
      >
        {action}
      </Button>
    </footer>
  );
}

function closeDialog(event: { currentTarget: HTMLElement }): void {
  // As Escape does: the dialog asks first when something was typed.
  event.currentTarget.closest('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }));
}
