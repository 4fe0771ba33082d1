// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { getCurrentUser } from 'aws-amplify/auth';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { App } from '../../src/App';
import { pass } from '../clock';

vi.mock('aws-amplify/auth', () => ({ getCurrentUser: vi.fn(), signOut: vi.fn() }));
vi.mock('../../src/features/session/SignInPage', () => ({ SignInPage: () => 'Sign in' }));
vi.mock('../../src/SignedInApp', () => ({
  SignedInApp: function Opened() {
    const [count] = useState(() => ++opened);
    return `Opened ${count}`;
  },
}));
let opened = 0;

afterEach(cleanup);
afterEach(() => sessionStorage.clear());

const signedIn = vi.mocked(getCurrentUser);
const as = (userId: string): void => void signedIn.mockResolvedValue({ userId, username: userId });

/** Another tab has written this key, after which everything has settled. */
const written = (key: string | null): Promise<void> =>
  act(async () => {
    window.dispatchEvent(new StorageEvent('storage', { key }));
    await pass(20);
  });

const LAST = 'CognitoIdentityServiceProvider.client.LastAuthUser';

const person = (id: string): void => {
  sessionStorage.setItem(`skafu.new-project.${id}`, '{}');
  sessionStorage.setItem(`skafu.template.${id}.`, '{}');
  sessionStorage.setItem('another', 'stays');
};
const kept = (): string[] => Object.keys(sessionStorage).sort();

test('what one person has typed goes with signing out', async () => {
  as('u1');
  render(<App outputs={{}} />);
  await screen.findByText(/Opened/);
  person('u1');
  await written('skafu-theme');
  expect(kept()).toHaveLength(3);
  signedIn.mockRejectedValue(new Error('nobody'));
  await written(LAST);
  expect(kept()).toEqual(['another']);
});

test('what one person has typed is there again after a session that ran out', async () => {
  person('u1');
  signedIn.mockRejectedValue(new Error('nobody'));
  render(<App outputs={{}} />);
  await screen.findByText('Sign in');
  expect(kept()).toHaveLength(3);
});

test('what one person has read is gone when another one signs in, in whichever tab', async () => {
  as('u1');
  render(<App outputs={{}} />);
  await screen.findByText(/Opened/);
  const before = opened;
  await written(LAST);
  await written('skafu-theme');
  expect(screen.getByText(`Opened ${before}`)).toBeTruthy();

  as('u2');
  await written(LAST);
  expect(screen.getByText(`Opened ${before + 1}`)).toBeTruthy();

  signedIn.mockRejectedValue(new Error('nobody'));
  await written(LAST);
  expect(await screen.findByText('Sign in')).toBeTruthy();
});
