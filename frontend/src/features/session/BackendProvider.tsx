import { Button } from '@aws-amplify/ui-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { LoadingPage } from '../../ui/LoadingPage';

type Asked =
  | { readonly state: 'asking' }
  | { readonly state: 'found'; readonly url: string }
  | { readonly state: 'undeployed' }
  | { readonly state: 'failed'; readonly error: unknown };

interface BackendProviderProps {
  /** Where the command API is, or null while it is not deployed. */
  readonly find: () => Promise<string | null>;
  readonly children: (url: string) => ReactNode;
}

/** Asks once for the command API, after sign-in; the page is of no use without it. */
export function BackendProvider({ find, children }: BackendProviderProps) {
  const [asked, setAsked] = useState<Asked>({ state: 'asking' });
  const look = useCallback(() => {
    find().then(
      (url) => setAsked(url === null ? { state: 'undeployed' } : { state: 'found', url }),
      (error: unknown) => setAsked({ state: 'failed', error }),
    );
  }, [find]);
  useEffect(look, [look]);
  const again = (): void => {
    setAsked({ state: 'asking' });
    look();
  };

  switch (asked.state) {
    case 'asking':
      return <LoadingPage label="Looking for the backend…" />;
    case 'found':
      return children(asked.url);
    case 'undeployed':
      return <NotDeployed onRetry={again} />;
    case 'failed':
      return (
        <ErrorState
          isPage
          isRepeated={false}
          title="The backend was not found"
          error={asked.error}
          onRetry={again}
        />
      );
  }
}

function NotDeployed({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <main className="page">
      <EmptyState
        isPage
        title="Not deployed yet"
        text="You are signed in, but the functions that take commands are not deployed in this environment yet."
      >
        <Button onClick={onRetry}>Look again</Button>
      </EmptyState>
    </main>
  );
}
