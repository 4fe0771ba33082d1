import { fetchAuthSession } from 'aws-amplify/auth';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { NotSignedIn } from '../../api/problem';
import { LoadingPage } from '../../ui/LoadingPage';
import { type Session, sessionOf } from './session';

export const SessionContext = createContext<Session | undefined>(undefined);
const SignOutContext = createContext<() => void>(() => undefined);

export const useSignOut = (): (() => void) => use(SignOutContext);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession is called outside SessionProvider');
  return session;
}

/** To be mounted once somebody has signed in. */
export function SessionProvider({ children, onLost }: { children: ReactNode; onLost: () => void }) {
  const [session, setSession] = useState<Session>();
  useEffect(() => {
    readSession().then(setSession, onLost);
  }, [onLost]);
  if (!session) return <LoadingPage label="Signing in…" />;
  return (
    <SignOutContext value={onLost}>
      <SessionContext value={session}>{children}</SessionContext>
    </SignOutContext>
  );
}

/** Commands carry the ID token: it alone holds the e-mail address and the groups. */
export async function idToken({ refresh }: { readonly refresh: boolean }): Promise<string> {
  const { tokens } = await fetchAuthSession({ forceRefresh: refresh });
  if (!tokens?.idToken) throw new NotSignedIn();
  return tokens.idToken.toString();
}

async function readSession(): Promise<Session> {
  const { tokens } = await fetchAuthSession();
  if (!tokens?.idToken) throw new NotSignedIn();
  return sessionOf(tokens.idToken.payload);
}
