import { useEffect, useRef } from 'react';
import {
  Link,
  type Location,
  NavigationType,
  NavLink,
  Outlet,
  ScrollRestoration,
  useLocation,
  useNavigationType,
} from 'react-router';
import { ConnectionBadge } from '../features/connection/ConnectionBadge';
import { OfflineBanner } from '../features/connection/OfflineBanner';
import { useSession, useSignOut } from '../features/session/SessionProvider';
import { useReadModels } from '../rows/useReadModels';
import { AccountMenu } from './AccountMenu';
import { ClockNote } from './ClockNote';
import { Logo } from './Logo';

const PLACES = [
  { to: '/projects', label: 'Projects' },
  { to: '/templates', label: 'Templates' },
  { to: '/dashboard', label: 'Dashboard' },
];

export function Layout() {
  const { connection } = useReadModels();
  useFocusOnTitle();
  return (
    <>
      <header className="top-bar">
        <a className="skip" href="#content">
          Skip to the content
        </a>
        <div>
          <Link to="/projects" className="brand" aria-label="Skafu, projects">
            <Logo /> <span>Skafu</span>
          </Link>
          <nav className="main-nav" aria-label="Main">
            {PLACES.map(({ to, label }) => (
              <NavLink key={to} to={to}>
                {label}
              </NavLink>
            ))}
          </nav>
          <div className="end">
            <ConnectionBadge connection={connection} />
            <AccountMenu session={useSession()} onSignOut={useSignOut()} />
          </div>
        </div>
      </header>
      <ClockNote />
      <OfflineBanner />
      <main id="content" className="page" tabIndex={-1}>
        <div className="stack">
          <Outlet />
        </div>
      </main>
      <ScrollRestoration />
    </>
  );
}

/**
 * After a route the focus is on the title. A redirect is none, unless what was there is done with; and a
 * walk through versions keeps it.
 */
function useFocusOnTitle(): void {
  const { pathname, state } = useLocation() as Location<{
    keepsFocus?: boolean;
    takesFocus?: boolean;
  } | null>;
  const isReplaced = useNavigationType() === NavigationType.Replace && !state?.takesFocus;
  const isRoute = !isReplaced && !state?.keepsFocus;
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    return isRoute ? focusOnTitle() : undefined;
  }, [pathname, isRoute]);
}

/** A page that is still being read has its title later; whoever has gone on meanwhile is left there. */
function focusOnTitle(): (() => void) | undefined {
  const main = document.querySelector('main');
  const focus = (): boolean => {
    const title = main?.querySelector('h1');
    title?.focus({ preventScroll: true });
    return Boolean(title);
  };
  if (!main || focus()) return undefined;
  const before = document.activeElement;
  const observer = new MutationObserver(() => {
    if (document.activeElement !== before || focus()) observer.disconnect();
  });
  observer.observe(main, { childList: true, subtree: true });
  return () => observer.disconnect();
}
