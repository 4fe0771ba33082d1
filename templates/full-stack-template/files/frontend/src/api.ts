<% if "database" in features %>
export interface Note {
  noteId: string;
  text: string;
}

<% endif %>
export interface Api {
  me(): Promise<{ user: string; service: string }>;
<% if "database" in features %>
  notes(): Promise<Note[]>;
  add(text: string): Promise<Note>;
<% endif %>
}

/** Return the API at an address, called with the token of whoever has signed in. */
export function httpApi(url: string, token: () => Promise<string>): Api {
  async function call<T>(method: string, path: string, data?: object): Promise<T> {
    const headers = { authorization: await token(), 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method, headers, body: data && JSON.stringify(data) });
    const body = (await answer.json()) as T & { message?: string };
    if (!answer.ok) throw new Error(body.message ?? `The API answers ${answer.status}.`);
    return body;
  }
  return {
    me: () => call('GET', '/me'),
<% if "database" in features %>
    notes: async () => (await call<{ notes: Note[] }>('GET', '/notes')).notes,
    add: (text) => call('POST', '/notes', { text }),
<% endif %>
  };
}
