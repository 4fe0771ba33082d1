import { fetchAuthSession, signInWithRedirect, signOut } from '@aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from '@aws-amplify/auth/cognito';
import '@aws-amplify/auth/enable-oauth-listener';
import { Amplify } from '@aws-amplify/core';
import { parseAmplifyConfig } from '@aws-amplify/core/internals/utils';

/** Signs people in and out, on Cognito's pages; `token` is empty while nobody is signed in. */
export interface Session {
  token(): Promise<string>;
  signIn(): Promise<void>;
  signOut(): Promise<void>;
}

/** Return a session with the user pool that Amplify has written to public/amplify_outputs.json. */
export async function amplifySession(): Promise<Session> {
  const answer = await fetch('/amplify_outputs.json');
  if (!answer.headers.get('content-type')?.includes('json'))
    throw new Error('There is no sign-in yet: run `make sandbox`, then load the page again.');
  const config = parseAmplifyConfig(await answer.json());
  const tokenProvider = cognitoUserPoolsTokenProvider;
  if (config.Auth) tokenProvider.setAuthConfig(config.Auth);
  Amplify.configure(config, { Auth: { tokenProvider } });
  return {
    token: async () => (await fetchAuthSession()).tokens?.idToken?.toString() ?? '',
    signIn: () => signInWithRedirect(),
    signOut: () => signOut(),
  };
}
