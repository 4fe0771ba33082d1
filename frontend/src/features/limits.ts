/** What the API takes, checked here before anything is sent; a test compares with docs/openapi.json. */
export const MAX_NAME = 100; // characters, as all of these
export const MAX_DESCRIPTION = 2000;
export const MAX_SERVICES = 20; // at the creation of a project

/** The mistake in a name, or undefined; `what` is the thing which has it. */
export function nameMistake(name: string, what: string): string | undefined {
  const text = name.trim();
  if (text === '') return `Give the ${what} a name.`;
  if (hasControlCharacters(text)) return 'A name is one line without tabs or control characters.';
  return lengthMistake(text, MAX_NAME);
}

export function descriptionMistake(description: string): string | undefined {
  return lengthMistake(description.trim(), MAX_DESCRIPTION);
}

function lengthMistake(text: string, most: number): string | undefined {
  // The API counts characters, of which a string's `length` counts some twice.
  const length = [...text].length;
  return length > most ? `At most ${most} characters; there are ${length}.` : undefined;
}

function hasControlCharacters(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}
