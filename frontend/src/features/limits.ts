/** What the API takes, checked here before anything is sent; a test compares with docs/openapi.json. */
export const MAX_NAME = 100; // characters, as all of these
export const MAX_DESCRIPTION = 2000;
export const MAX_SERVICES = 20; // at the creation of a project
export const MAX_FEATURES = 50;
export const MAX_VARIABLES = 50;
export const MAX_VARIABLE = 1024;
export const MAX_QUESTION = 2000; // of an analysis
export const MAX_REASON = 1000; // why a template is deprecated

// As in src/kernel/texts.py: controls, ends of lines, and what turns the direction of writing.
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const NOTHING_TO_SEE = /^[\p{Default_Ignorable_Code_Point}\s\u2800]*$/u;

/** The mistake in a name, or undefined; `what` is the thing which has it. */
export function nameMistake(name: string, what: string): string | undefined {
  const text = name.trim();
  if (NOTHING_TO_SEE.test(text)) return `Give the ${what} a name.`;
  if (CONTROLS.test(text)) return 'A name is one line without tabs or control characters.';
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
