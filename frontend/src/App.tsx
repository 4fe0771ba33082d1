import { Authenticator, ThemeProvider } from '@aws-amplify/ui-react';
import { useEffect, useMemo } from 'react';
import { BrowserRouter, Link, Route, Routes } from 'react-router';
import { connectCommands } from './api/commands';
import { commandApiUrl } from './api/endpoint';
import type { SkafuOutputs } from './api/outputs';
import { askTheTime, clock, tellingFetch } from './api/serverClock';
import { CommandsProvider } from './features/commands/CommandsProvider';
import { PendingProvider } from './features/commands/PendingProvider';
import { ProjectListPage } from './features/projects/ProjectListPage';
import { ProjectPage } from './features/projects/ProjectPage';
import { BackendProvider } from './features/session/BackendProvider';
import { idToken, SessionProvider, useSession } from './features/session/SessionProvider';
import { ReadModelsProvider } from './rows/ReadModelsProvider';
import { EmptyState } from './ui/EmptyState';
import { Layout } from './ui/Layout';
import { Logo } from './ui/Logo';
import { theme } from './ui/theme';

export function App({ outputs }: { outputs: SkafuOutputs }) {
  return (
    <ThemeProvider theme={theme}>
      {/* A local stack has its accounts already, and no way to send a confirmation code. */}
      <Authenticator
        hideSignUp={outputs.local !== undefined}
        components={outputs.local ? LOCAL_SIGN_IN : SIGN_IN}
      >
        {({ signOut }) => (
          <BackendProvider find={commandApiUrl}>
            {(url) => <SignedIn commandApiUrl={url} onSignOut={() => signOut?.()} />}
          </BackendProvider>
        )}
      </Authenticator>
    </ThemeProvider>
  );
}

const SIGN_IN = { Header: SignInHeader };
const LOCAL_SIGN_IN = { ...SIGN_IN, SignIn: { Footer: LocalPasswords } };

/** In place of the link to a new password: a local stack sends no e-mail. */
function LocalPasswords() {
  return (
    <p className="sign-in-footer">
      Forgot your password? On this machine, <code>make dev</code> prints the accounts and their
      passwords; it sends no e-mail.
    </p>
  );
}

function SignInHeader() {
  return (
    <div className="sign-in-header">
      <Logo />
      <h1>Skafu</h1>
      <p>Projects and their services, live.</p>
    </div>
  );
}

interface SignedInProps {
  readonly commandApiUrl: string;
  readonly onSignOut: () => void;
}

function SignedIn({ commandApiUrl, onSignOut }: SignedInProps) {
  const commands = useMemo(() => connectCommands(browser(commandApiUrl)), [commandApiUrl]);
  useEffect(() => void askTheTime(commandApiUrl, tellTime), [commandApiUrl]);
  return (
    <SessionProvider onLost={onSignOut}>
      <CommandsProvider commands={commands}>
        <WithReadModels onSignOut={onSignOut} />
      </CommandsProvider>
    </SessionProvider>
  );
}

function WithReadModels({ onSignOut }: Pick<SignedInProps, 'onSignOut'>) {
  return (
    <ReadModelsProvider session={useSession()}>
      <PendingProvider>
        <BrowserRouter>
          <Routes>
            <Route element={<Layout onSignOut={onSignOut} />}>
              <Route index element={<ProjectListPage />} />
              <Route path="projects/:projectId" element={<ProjectPage />} />
              <Route path="*" element={<NotFoundPage />} />
            </Route>
          </Routes>
        </BrowserRouter>
      </PendingProvider>
    </ReadModelsProvider>
  );
}

function NotFoundPage() {
  return (
    <main className="page">
      <EmptyState title="Page not found" text="There is nothing at this address.">
        <Link to="/">Back to the projects</Link>
      </EmptyState>
    </main>
  );
}

const tellTime = tellingFetch((...request) => globalThis.fetch(...request), clock, Date.now);

function browser(baseUrl: string): Parameters<typeof connectCommands>[0] {
  return {
    baseUrl,
    token: idToken,
    retrying: {
      fetch: tellTime,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      random: Math.random,
      now: clock.now,
    },
  };
}
