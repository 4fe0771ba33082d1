/**
 * What people, templates or a model wrote is shown as it is. A control is drawn as nothing, or turns
 * the text around it: it is shown as a sign instead.
 */
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const IN_LINES = /[\n\t]/;
/** Unicode has pictures of the first 32 controls, in their order. */
const PICTURES = 0x2400;
const DELETE = '\u007f';

/** A text of one line. */
export const plain = (text: string): string => text.replace(CONTROLS, sign);

/** A text that may have lines. */
export const plainLines = (text: string): string =>
  text
    .replace(/\r\n/g, '\n')
    .replace(CONTROLS, (control) => (IN_LINES.test(control) ? control : sign(control)));

function sign(control: string): string {
  const code = control.charCodeAt(0);
  if (control === DELETE) return '\u2421';
  return code < 0x20
    ? String.fromCharCode(PICTURES + code)
    : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** The texts within a value, however deep they are. */
export function plainWithin(value: unknown): unknown {
  if (typeof value === 'string') return plainLines(value);
  if (Array.isArray(value)) return value.map(plainWithin);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [plain(name), plainWithin(inner)]),
  );
}
