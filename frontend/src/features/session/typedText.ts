import { tabStore } from '../../browserStore';

/** The names under which the page keeps what was typed begin with this. */
export const TYPED = 'skafu.';

/** Forgets all text that was typed in this tab and not sent. */
export function forgetTypedText(): void {
  for (const name of tabStore.names()) if (name.startsWith(TYPED)) tabStore.removeItem(name);
}
