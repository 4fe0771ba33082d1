/** The names under which the page keeps what was typed begin with this. */
export const TYPED = 'skafu.';

/** Forgets all text that was typed in this tab and not sent. */
export function forgetTypedText(store: Storage): void {
  for (const name of Object.keys(store)) if (name.startsWith(TYPED)) store.removeItem(name);
}
