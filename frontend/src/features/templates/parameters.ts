import type { components } from '../../api/openapi';
import { plain, plainLines } from '../../ui/plain';
import { readJson } from './json';

export type Parameter = components['schemas']['TemplateParameter'];
export type ParameterType = Parameter['type'];
export type Value = boolean | number | string | readonly string[];

/** Bytes of all values of one project, as the API counts them. */
export const MAX_VALUES_BYTES = 8 * 1024;
/** Characters of a text, and entries of a list, when the parameter says nothing of it. */
const LONGEST_TEXT = 4000;

/** The parameters of a row; what cannot be read is left out. */
export function parametersOf(json: unknown): readonly Parameter[] {
  const value = readJson(json);
  return Array.isArray(value) ? value.filter(isParameter) : [];
}

export const labelled = (parameter: Parameter): Parameter => ({
  ...parameter,
  label: plain(parameter.label),
  ...(parameter.description && { description: plainLines(parameter.description) }),
});

function isParameter(value: unknown): value is Parameter {
  return typeof value === 'object' && value !== null && 'name' in value && 'type' in value;
}

/** What is wrong with the value of a parameter, by the rules of the API; `undefined` was left out. */
export function mistakeIn(parameter: Parameter, value: Value | undefined): string | undefined {
  if (value === undefined) return isMissing(parameter) ? missing(parameter) : undefined;
  switch (parameter.type) {
    case 'TEXT':
      return textMistake(parameter, value);
    case 'NUMBER':
      return numberMistake(parameter, value);
    case 'BOOLEAN':
      return typeof value === 'boolean' ? undefined : 'Choose yes or no.';
    case 'CHOICE':
      return isChoice(parameter, value) ? undefined : 'Choose one of the values.';
    case 'LIST':
      return listMistake(parameter, value);
  }
}

const isMissing = ({ required, default: preset }: Parameter): boolean =>
  Boolean(required) && (preset ?? undefined) === undefined;

const missing = ({ type }: Parameter): string =>
  type === 'CHOICE' || type === 'LIST' ? 'Choose a value.' : 'This is required.';

function textMistake(parameter: Parameter, value: Value): string | undefined {
  if (typeof value !== 'string') return 'Write a text.';
  if (value.includes('\0')) return 'A text has no NUL characters.';
  return lengthMistake(parameter, [...value].length, 'character');
}

function numberMistake(parameter: Parameter, value: Value): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'Write a number, such as 512.';
  const { minimum, maximum } = parameter;
  if (typeof minimum === 'number' && value < minimum)
    return `${spaced(value)} is too little: it takes ${spaced(minimum)} and more.`;
  if (typeof maximum === 'number' && value > maximum)
    return `${spaced(value)} is too much: it takes at most ${spaced(maximum)}.`;
  return undefined;
}

function listMistake(parameter: Parameter, value: Value): string | undefined {
  if (!Array.isArray(value)) return 'Write a list.';
  const entries = value as readonly string[];
  if (entries.some((entry) => entry.includes('\0'))) return 'A text has no NUL characters.';
  const unknown = entries.find((entry) => !fitsAsEntry(parameter, entry));
  if (unknown !== undefined) return `“${unknown}” is none of the values.`;
  return lengthMistake(parameter, entries.length, 'entry');
}

const fitsAsEntry = (parameter: Parameter, entry: string): boolean =>
  !parameter.choices?.length || isChoice(parameter, entry);

const isChoice = ({ choices = [] }: Parameter, value: Value): boolean =>
  typeof value === 'string' && choices.includes(value);

type Counted = 'character' | 'entry';

function lengthMistake(
  { minLength, maxLength }: Parameter,
  length: number,
  counted: Counted,
): string | undefined {
  const least = minLength ?? 0;
  const most = maxLength ?? LONGEST_TEXT;
  if (length < least) return `At least ${amount(least, counted)}; there are ${length}.`;
  return length > most ? `At most ${amount(most, counted)}; there are ${length}.` : undefined;
}

/** What a parameter takes, in words for those who give it a value. */
export function allowed(parameter: Parameter): string {
  const { choices = [] } = parameter;
  switch (parameter.type) {
    case 'TEXT':
      return ofLength(parameter, 'character');
    case 'NUMBER':
      return range(parameter);
    case 'BOOLEAN':
      return 'yes or no';
    case 'CHOICE':
      return choices.join(', ');
    case 'LIST':
      return choices.length > 0 ? choices.join(', ') : ofLength(parameter, 'entry');
  }
}

function ofLength({ minLength, maxLength }: Parameter, counted: Counted): string {
  const most = maxLength ?? LONGEST_TEXT;
  return minLength
    ? `${spaced(minLength)} to ${amount(most, counted)}`
    : `up to ${amount(most, counted)}`;
}

function range({ minimum, maximum }: Parameter): string {
  const hasLeast = typeof minimum === 'number';
  const hasMost = typeof maximum === 'number';
  if (hasLeast && hasMost) return `${spaced(minimum)} to ${spaced(maximum)}`;
  if (hasLeast) return `${spaced(minimum)} and more`;
  return hasMost ? `at most ${spaced(maximum)}` : 'any number';
}

function amount(count: number, counted: Counted): string {
  const many = counted === 'entry' ? 'entries' : 'characters';
  return `${spaced(count)} ${count === 1 ? counted : many}`;
}

/** A number with a thin space between its thousands: 10 240. */
const spaced = (number: number): string =>
  new Intl.NumberFormat('en', { maximumFractionDigits: 12 })
    .format(number)
    .replaceAll(',', '\u202f');

/** A value in words for those who look at it. */
export function shownValue(value: Value | null | undefined): string {
  if (value === undefined || value === null || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return spaced(value);
  return typeof value === 'string' ? value : value.join(', ') || 'none';
}

export const TYPE_WORDS: Record<ParameterType, string> = {
  TEXT: 'text',
  NUMBER: 'number',
  BOOLEAN: 'yes or no',
  CHOICE: 'choice',
  LIST: 'list',
};
