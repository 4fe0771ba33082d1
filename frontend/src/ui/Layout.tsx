import { Button } from '@aws-amplify/ui-react';
import { Link, Outlet } from 'react-router';
import { ConnectionBadge } from '../features/connection/ConnectionBadge';
import { ROLE_MEANS } from '../features/session/session';
import { useSession } from '../features/session/SessionProvider';
import { useReadModels } from '../rows/ReadModelsProvider';
import { ClockNote } from './ClockNote';
import { Logo } from './Logo';

export function Layout({ onSignOut }: { onSignOut: () => void }) {
  const { connection } = useReadModels();
  const { email, role } = useSession();
  return (
    <>
      <header className="top-bar">
        <div className="top-bar-content">
          <Link to="/" className="brand">
            <Logo /> Skafu
          </Link>
          <ConnectionBadge connection={connection} />
          <span className="who">
            <span className="who-email" title={email}>
              {email}
            </span>
            <span className="role" data-role={role} title={ROLE_MEANS[role]}>
              {role}
            </span>
          </span>
          <Button size="small" variation="link" onClick={onSignOut}>
            Sign out
          </Button>
        </div>
      </header>
      <ClockNote />
      <Outlet />
    </>
  );
}
