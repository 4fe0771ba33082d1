import { Button } from '@aws-amplify/ui-react';
import { ChevronDown, LogOut } from 'lucide-react';
import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import { ROLE_MEANS, type Session } from '../features/session/session';
import { ThemeChoice } from './ThemeChoice';

interface AccountMenuProps {
  readonly session: Session;
  readonly onSignOut: () => void;
}

/** Who one is, how the page looks, and the way out. A plain group: it holds more than commands. */
export function AccountMenu({ session, onSignOut }: AccountMenuProps) {
  const { email, role } = session;
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !isOpen) return;
    setOpen(false);
    opener.current?.focus();
  }

  function onBlur({ currentTarget, relatedTarget }: FocusEvent): void {
    if (!currentTarget.contains(relatedTarget)) setOpen(false);
  }

  return (
    <div className="account-popover" onKeyDown={onKeyDown} onBlur={onBlur}>
      <button
        ref={opener}
        type="button"
        className="account"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <i className="avatar" data-role={role} aria-hidden="true">
          {email.charAt(0).toUpperCase()}
        </i>
        <span className="role" data-role={role}>
          {role}
        </span>
        <span className="hidden">{email}, account</span>
        <ChevronDown />
      </button>
      {isOpen && (
        // A click on its ground must not take the focus away, which would close it.
        <div className="popover" tabIndex={-1}>
          <p>
            <strong>{email}</strong>
            <br />
            <span className="soft sm">{ROLE_MEANS[role]}</span>
          </p>
          <hr />
          <ThemeChoice />
          <hr />
          <Button onClick={onSignOut}>
            <LogOut /> Sign out
          </Button>
        </div>
      )}
    </div>
  );
}
