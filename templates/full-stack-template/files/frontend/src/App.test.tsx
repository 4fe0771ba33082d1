import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';

import type { Api } from './api';
import { App } from './App';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
afterEach(() => document.body.replaceChildren());

async function show(token: string, more: Partial<Api> = {}) {
  const session = {
    token: async () => token,
    signIn: vi.fn(async () => undefined),
    signOut: vi.fn(async () => undefined),
  };
  const api: Api = {
    me: async () => ({ user: 'ada@example.org', service: 'Shop' }),
<% if "database" in features %>
    notes: async () => [{ noteId: '1', text: 'Milk' }],
    add: async (text) => ({ noteId: '2', text }),
<% endif %>
    ...more,
  };
  const place = document.body.appendChild(document.createElement('div'));
  await act(async () => createRoot(place).render(<App session={session} api={api} />));
  return { session };
}

function element<T extends HTMLElement>(selector: string, text = ''): T {
  const found = [...document.querySelectorAll<T>(selector)];
  return found.find((each) => each.textContent?.includes(text)) ?? expect.fail(`no ${selector}`);
}

const click = (text: string) => act(async () => element('button', text).click());

test('whoever has signed in sees the service and the own name', async () => {
  await show('token');

  expect(element('h1').textContent).toBe('Shop');
  expect(element('main').textContent).toContain('Signed in as ada@example.org');
});

test('others sign in first', async () => {
  const { session } = await show('');
  expect(document.querySelector('main')).toBeNull();
  await click('Sign in');

  expect(session.signIn).toHaveBeenCalledOnce();
});

test('whoever has signed in can sign out', async () => {
  const { session } = await show('token');
  await click('Sign out');

  expect(session.signOut).toHaveBeenCalledOnce();
});

test('a fault of the API is shown', async () => {
  await show('token', { me: () => Promise.reject(new Error('no answer')) });

  expect(element('[role=alert]').textContent).toContain('no answer');
});
<% if "database" in features %>

test('notes are listed and added', async () => {
  await show('token');
  expect(element('li').textContent).toContain('Milk');

  element<HTMLInputElement>('input').value = 'Bread';
  await click('Add');

  expect(element('li', 'Bread')).toBeTruthy();
});
<% endif %>
