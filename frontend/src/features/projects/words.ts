/** What the API takes: docs/openapi.json. */
export const MOST_CHARACTERS = 200;
const MOST_WORDS = 10;

const WORD = /[\p{L}\p{N}]+/gu;
/** Written without spaces: one character is a word. */
const UNSPACED = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]/u;

/** Why a text cannot be searched for yet; undefined when it can. */
export function objection(text: string): string | undefined {
  const words = text.match(WORD) ?? [];
  if (words.length === 0) return 'Names and descriptions are found by letters and digits.';
  if (words.length > MOST_WORDS) return `At most ${MOST_WORDS} words can be looked for at once.`;
  return words.some((word) => [...word].length > 1 || UNSPACED.test(word))
    ? undefined
    : 'One letter fits too many projects. Type one more.';
}
