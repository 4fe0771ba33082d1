import { useEffect, useState } from 'react';

import type { Api } from './api';
<% if "database" in features %>
import { Notes } from './Notes';
<% endif %>
import type { Session } from './session';

/** The page: sign-in first, then what the API says. */
export function App({ session, api }: { session: Session; api: Api }) {
  const [me, setMe] = useState<{ user: string; service: string } | null>();
  const [fault, setFault] = useState('');

  useEffect(() => {
    const look = async () => setMe((await session.token()) ? await api.me() : null);
    look().catch((error: unknown) => setFault(String(error)));
  }, [session, api]);

  if (fault) return <p role="alert">{fault}</p>;
  if (me === undefined) return <p role="status">Loading</p>;
  if (me === null) return <button onClick={() => void session.signIn()}>Sign in</button>;
  return (
    <main>
      <h1>{me.service}</h1>
      <p>
        Signed in as {me.user} <button onClick={() => void session.signOut()}>Sign out</button>
      </p>
<% if "database" in features %>
      <Notes api={api} />
<% endif %>
    </main>
  );
}
