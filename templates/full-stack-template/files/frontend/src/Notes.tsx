<% if "database" in features %>
import { useEffect, useState } from 'react';

import type { Api, Note } from './api';

export function Notes({ api }: { api: Api }) {
  const [notes, setNotes] = useState<Note[]>([]);
  const [fault, setFault] = useState('');

  const tell = (error: unknown) => setFault(String(error));

  useEffect(() => void api.notes().then(setNotes, tell), [api]);

  async function add(form: FormData) {
    const text = String(form.get('note')).trim();
    if (!text) return;
    const note = await api.add(text);
    setNotes((before) => [...before, note]);
  }

  return (
    <section>
      <form action={(form) => add(form).catch(tell)}>
        <label htmlFor="note">New note</label>
        <input id="note" name="note" maxLength={2000} />
        <button type="submit">Add</button>
      </form>
      {fault && <p role="alert">{fault}</p>}
      <ul>
        {notes.map(({ noteId, text }) => (
          <li key={noteId}>{text}</li>
        ))}
      </ul>
    </section>
  );
}
<% else %>
/** Without the feature `database` nothing is kept. */
export const KEPT = false;
<% endif %>
