import { getCurrentUser, signOut } from 'aws-amplify/auth';
import { Hub } from 'aws-amplify/utils';
import { useCallback, useEffect, useRef, useState } from 'react';
import { forgetTypedText } from './typedText';

export interface SignedIn {
  /** Null when nobody is; undefined until it is known. */
  readonly userId: string | null | undefined;
  readonly enter: () => void;
  readonly leave: () => void;
}

/** Who is signed in in this browser; in another tab somebody may sign out, or another person in. */
export function useSignedIn(): SignedIn {
  const [userId, setUserId] = useState<string | null>();
  const wasHere = useRef(false);
  const lose = useCallback(() => {
    // Who comes back after a session has run out finds what was typed; who has signed out left nothing.
    if (wasHere.current) forgetTypedText();
    setUserId(null);
  }, []);
  const look = useCallback(() => {
    getCurrentUser().then((user) => {
      wasHere.current = true;
      setUserId(user.userId);
    }, lose);
  }, [lose]);
  useEffect(() => {
    look();
    const stopHearing = Hub.listen('auth', ({ payload }) => {
      if (payload.event === 'signedOut') lose();
    });
    const stopWatching = onOtherTab(look);
    return () => (stopHearing(), stopWatching());
  }, [look, lose]);
  const leave = useCallback(() => void signOut().finally(lose), [lose]);
  return { userId, enter: look, leave };
}

/** Amplify's name of where it keeps tokens; the last of them is written after the person's name. */
const TOKENS = 'CognitoIdentityServiceProvider.';

/** Tabs share the tokens, but the Hub speaks within one. */
function onOtherTab(look: () => void): () => void {
  const lookIfMoved = ({ key }: StorageEvent): void => {
    if (key === null || key.startsWith(TOKENS)) look();
  };
  window.addEventListener('storage', lookIfMoved);
  return () => window.removeEventListener('storage', lookIfMoved);
}
