import { plainLines } from '../../ui/plain';

/** With a capital letter and a full stop; nothing when there is nothing to say. */
export function sentence(words: string | undefined): string {
  const text = plainLines(words?.trim() ?? '');
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return text === '' || /[.!?]$/.test(text) ? begun : `${begun}.`;
}
