/** Tasks: pure functions over a list, and where the list is kept. */
export interface Task {
  id: number;
  text: string;
  done: boolean;
}

const KEY = 'tasks';

export function added(tasks: readonly Task[], text: string): Task[] {
  const id = Math.max(0, ...tasks.map((task) => task.id)) + 1;
  return [...tasks, { id, text: text.trim(), done: false }];
}

export function toggled(tasks: readonly Task[], id: number): Task[] {
  return tasks.map((task) => (task.id === id ? { ...task, done: !task.done } : task));
}

export function without(tasks: readonly Task[], id: number): Task[] {
  return tasks.filter((task) => task.id !== id);
}

/** Return the tasks of the last visit; none if there are none, or none that can be read. */
export function kept(storage: Storage): Task[] {
  try {
    const found: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? (found as Task[]) : [];
  } catch {
    return [];
  }
}

export function keep(storage: Storage, tasks: readonly Task[]): void {
  storage.setItem(KEY, JSON.stringify(tasks));
}
