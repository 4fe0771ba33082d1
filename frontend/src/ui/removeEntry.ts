import type { MouseEvent } from 'react';
import { flushSync } from 'react-dom';

/** Marks the list of entries, the buttons that remove one, and the button that adds one. */
export const ENTRIES = { 'data-entries': '' };
export const REMOVE = { 'data-remove': '' };
export const ADD = { 'data-add': '' };

/** Removes an entry, and gives the focus of its button to that of its neighbour, or to the one that adds. */
export function removeEntry({ currentTarget }: MouseEvent<HTMLElement>, remove: () => void): void {
  const list = currentTarget.closest('[data-entries]');
  const buttons = () => [...(list?.querySelectorAll<HTMLElement>('[data-remove]') ?? [])];
  const place = buttons().indexOf(currentTarget);
  flushSync(remove);
  const left = buttons();
  const next = left[place] ?? left.at(-1) ?? list?.querySelector<HTMLElement>('[data-add]');
  next?.focus();
}
