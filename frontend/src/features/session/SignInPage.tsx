import { Authenticator } from '@aws-amplify/ui-react';
import { useEffect } from 'react';
import { Logo } from '../../ui/Logo';

interface SignInPageProps {
  /** A local stack has its accounts already, and no way to send a confirmation code. */
  readonly isLocal: boolean;
  readonly onSignedIn: () => void;
}

/** Loaded for those alone who are not signed in: it is a third of all JavaScript. */
export function SignInPage({ isLocal, onSignedIn }: SignInPageProps) {
  return (
    <Authenticator hideSignUp={isLocal} components={isLocal ? LOCAL_SIGN_IN : SIGN_IN}>
      <Done onDone={onSignedIn} />
    </Authenticator>
  );
}

/** Rendered by the Authenticator once somebody is through. */
function Done({ onDone }: { onDone: () => void }) {
  useEffect(onDone, [onDone]);
  return null;
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
