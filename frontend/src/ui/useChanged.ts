import { useState } from 'react';

/** How often a row has changed since it came onto the page: nothing is marked at its first showing. */
export function useChanged(version: number): number {
  const [seen, setSeen] = useState({ version, changes: 0 });
  if (seen.version === version) return seen.changes;
  setSeen({ version, changes: seen.changes + 1 });
  return seen.changes + 1;
}

/** Two names in turn, so that the browser starts the mark anew with each change. */
export function changedClass(changes: number): string {
  return changes === 0 ? '' : changes % 2 ? ' changed' : ' changed changed-again';
}
