import { Button } from '@aws-amplify/ui-react';
import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Mounted means open. The browser traps the focus; what was typed is not thrown away unasked. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const hasTyped = useRef(false);
  const [isAsking, setAsking] = useState(false);
  const titleId = useId();
  const [opener] = useState(() => document.activeElement as HTMLElement | null);
  useEffect(() => {
    dialog.current?.showModal();
    // The browser would choose the first thing that takes focus, which is the button that closes.
    dialog.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
    // The browser gives the focus back on closing only, not when the dialog is taken away.
    return () => opener?.focus();
  }, [opener]);

  function leave(): void {
    if (hasTyped.current) setAsking(true);
    else onClose();
  }

  function stay(): void {
    setAsking(false);
    dialog.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }

  // The browser would close the dialog by itself, the second time whatever the page says.
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    if (isAsking) stay();
    else leave();
  }

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onKeyDown={onKeyDown}
      onInput={() => (hasTyped.current = true)}
      onCancel={(event) => (event.preventDefault(), leave())}
      onClose={onClose}
    >
      <header className="dialog-header">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={leave}>
          <X />
        </button>
      </header>
      {children}
      {isAsking && <ThrowAway onStay={stay} onLeave={onClose} />}
    </dialog>
  );
}

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
