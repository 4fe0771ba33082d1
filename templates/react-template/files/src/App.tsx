import { type FormEvent, useEffect, useState } from 'react';

import { TITLE } from './settings';
import { added, keep, kept, toggled, without } from './tasks';

export function App() {
  const [tasks, setTasks] = useState(() => kept(localStorage));
  const [text, setText] = useState('');
  const left = tasks.filter((task) => !task.done).length;

  useEffect(() => keep(localStorage, tasks), [tasks]);

  function add(event: FormEvent) {
    event.preventDefault();
    if (!text.trim()) return;
    setTasks(added(tasks, text));
    setText('');
  }

  return (
    <main>
      <h1>{TITLE}</h1>
      <form onSubmit={add}>
        <label htmlFor="task">New task</label>
        <input id="task" value={text} maxLength={200} onChange={(e) => setText(e.target.value)} />
        <button type="submit">Add</button>
      </form>
      <ul>
        {tasks.map((task) => (
          <li key={task.id}>
            <label>
              <input
                type="checkbox"
                checked={task.done}
                onChange={() => setTasks(toggled(tasks, task.id))}
              />
              {task.text}
            </label>
            <button
              type="button"
              aria-label={`Remove ${task.text}`}
              onClick={() => setTasks(without(tasks, task.id))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <p role="status">{left === 1 ? '1 task is left.' : `${left} tasks are left.`}</p>
    </main>
  );
}
