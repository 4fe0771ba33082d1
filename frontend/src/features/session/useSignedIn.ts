import { getCurrentUser, signOut } from 'aws-amplify/auth';
import { Hub } from 'aws-amplify/utils';
import { useCallback, useEffect, useState } from 'react';

export interface SignedIn {
  /** Undefined until it is known. */
  readonly isSignedIn: boolean | undefined;
  readonly enter: () => void;
  readonly leave: () => void;
}

/** Whether somebody is signed in in this browser; another tab may sign out, too. */
export function useSignedIn(): SignedIn {
  const [isSignedIn, setSignedIn] = useState<boolean>();
  useEffect(() => {
    getCurrentUser().then(
      () => setSignedIn(true),
      () => setSignedIn(false),
    );
    return Hub.listen('auth', ({ payload }) => {
      if (payload.event === 'signedOut') setSignedIn(false);
    });
  }, []);
  const enter = useCallback(() => setSignedIn(true), []);
  const leave = useCallback(() => void signOut().finally(() => setSignedIn(false)), []);
  return { isSignedIn, enter, leave };
}
