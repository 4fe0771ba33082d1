import { Button } from '@aws-amplify/ui-react';
import { X } from 'lucide-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { useAnnouncerWithin } from './Announcer';
import { TypedContext, useLeaving } from './useLeaving';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Mounted means open. The browser traps the focus; what was typed is not thrown away unasked. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isPressedOutside = useRef(false);
  const titleId = useId();
  const [opener] = useState(() => document.activeElement as HTMLElement | null);
  const { isAsking, typed, leave, stay, throwAway } = useLeaving(onClose);
  useAnnouncerWithin(dialog);
  useEffect(() => {
    // The button may have gone with a dialog that this one took the place of; that one gave the focus back.
    const before = opener?.isConnected ? opener : (document.activeElement as HTMLElement | null);
    dialog.current?.showModal();
    // The browser would choose the first thing that takes focus, which is the button that closes.
    focusFirst(dialog.current);
    // The browser gives the focus back on closing only, not when the dialog is taken away.
    return () => giveFocusBack(before);
  }, [opener]);

  function goOn(): void {
    stay();
    focusFirst(dialog.current);
  }

  // The browser would close the dialog by itself, the second time whatever the page says.
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    if (isAsking) goOn();
    else leave();
  }

  // The ground behind a dialog belongs to it: a click there has no other target.
  const isOutside = (event: MouseEvent): boolean => event.target === dialog.current;

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onKeyDown={onKeyDown}
      onInput={typed}
      onCancel={(event) => (event.preventDefault(), leave())}
      onClose={onClose}
      // A text that was marked with the mouse may end outside.
      onMouseDown={(event) => (isPressedOutside.current = isOutside(event))}
      onClick={(event) => {
        if (isPressedOutside.current && isOutside(event)) leave();
      }}
    >
      <header className="dialog-header">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={leave}>
          <X />
        </button>
      </header>
      <TypedContext value={typed}>{children}</TypedContext>
      {isAsking && <ThrowAway onStay={goOn} onLeave={throwAway} />}
    </dialog>
  );
}

/** What was opened from may be gone meanwhile. */
function giveFocusBack(before: HTMLElement | null): void {
  const title = document.querySelector<HTMLElement>('main h1');
  (before?.isConnected ? before : title)?.focus();
}

const focusFirst = (dialog: HTMLDialogElement | null): void =>
  dialog?.querySelector<HTMLElement>('input, select, textarea')?.focus();

interface ThrowAwayProps {
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

function ThrowAway({ onStay, onLeave }: ThrowAwayProps) {
  const question = useId();
  return (
    <div className="throw-away" role="alertdialog" aria-labelledby={question}>
      <p id={question}>Throw your changes away?</p>
      <Button type="button" size="small" onClick={onStay} autoFocus>
        Keep editing
      </Button>
      <Button type="button" size="small" variation="destructive" onClick={onLeave}>
        Throw away
      </Button>
    </div>
  );
}
