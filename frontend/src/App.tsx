import { ThemeProvider } from '@aws-amplify/ui-react';
import { lazy, Suspense } from 'react';
import type { SkafuOutputs } from './api/outputs';
import { useSignedIn } from './features/session/useSignedIn';
import { LoadingPage } from './ui/LoadingPage';
import { Announcer } from './ui/Announcer';
import { theme } from './ui/theme';

const SignInPage = lazy(async () => ({
  default: (await import('./features/session/SignInPage')).SignInPage,
}));
const SignedInApp = lazy(async () => ({ default: (await import('./SignedInApp')).SignedInApp }));

export function App({ outputs }: { outputs: SkafuOutputs }) {
  const { userId, enter, leave } = useSignedIn();
  return (
    <ThemeProvider theme={theme}>
      <Announcer>
        <Suspense fallback={<LoadingPage label="Loading…" />}>
          {/* All that was read or typed belongs to one person. */}
          {userId && <SignedInApp key={userId} onSignOut={leave} />}
          {userId === null && (
            <SignInPage isLocal={outputs.local !== undefined} onSignedIn={enter} />
          )}
        </Suspense>
      </Announcer>
    </ThemeProvider>
  );
}
