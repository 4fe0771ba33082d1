import { MAX_VALUES_BYTES, mistakeIn, type Parameter, type Value } from '../templates/parameters';

/** Where the API names a parameter's value. */
export const PATH = 'templateParameters';
export const fieldOf = ({ name }: Pick<Parameter, 'name'>): string => `${PATH}.${name}`;

/** What stands in the field of a parameter: a text, a tick, or the chosen entries of a list. */
export type Field = string | boolean | readonly string[];
/** By the names of the parameters; one that is missing was never touched. */
export type Fields = Readonly<Record<string, Field>>;

/** What a field shows before anybody has touched it. */
export function untouched({ type, default: preset }: Parameter): Field {
  switch (type) {
    case 'BOOLEAN':
      return preset === true;
    case 'LIST':
      return Array.isArray(preset) ? preset : [];
    case 'TEXT':
    case 'NUMBER':
    case 'CHOICE':
      return preset === undefined || preset === null ? '' : String(preset);
  }
}

export const shownIn = (parameter: Parameter, fields: Fields): Field =>
  fields[parameter.name] ?? untouched(parameter);

/**
 * The value that a field stands for; undefined is left out, so that the default counts. An emptied
 * text is the empty text where that differs from the default.
 */
export function valueOf(parameter: Parameter, fields: Fields): Value | undefined {
  const field = shownIn(parameter, fields);
  switch (parameter.type) {
    case 'TEXT':
      return field === '' && !parameter.default ? undefined : asText(field);
    case 'NUMBER':
      return asText(field).trim() === '' ? undefined : asNumber(asText(field));
    case 'CHOICE':
      return field === '' ? undefined : asText(field);
    case 'BOOLEAN':
      return field === true;
    case 'LIST':
      return listOf(parameter, field);
  }
}

function listOf(parameter: Parameter, field: Field): Value | undefined {
  const lines = Array.isArray(field) ? (field as readonly string[]) : [];
  const entries = lines.map((line) => line.trim()).filter((line) => line !== '');
  return entries.length === 0 && !Array.isArray(parameter.default) ? undefined : entries;
}

const asText = (field: Field): string => (typeof field === 'string' ? field : '');

/** Not a number at all becomes NaN, which no parameter takes. */
const asNumber = (text: string): number => Number(text.trim().replace(/[\s\u202f](?=\d{3})/g, ''));

/** The values to send: what was left out is not among them. */
export function valuesOf(
  parameters: readonly Parameter[],
  fields: Fields,
): Readonly<Record<string, Value>> {
  const given = parameters.map((parameter) => [parameter.name, valueOf(parameter, fields)]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Record<
    string,
    Value
  >;
}

/** Mistakes by field, under the names which the API uses for them. */
export function checkFields(
  parameters: readonly Parameter[],
  fields: Fields,
): ReadonlyMap<string, string> {
  const mistakes = new Map(
    parameters.flatMap((parameter): [string, string][] => {
      const mistake = mistakeIn(parameter, valueOf(parameter, fields));
      return mistake === undefined ? [] : [[fieldOf(parameter), mistake]];
    }),
  );
  const bytes = bytesOf(valuesOf(parameters, fields));
  const longest = parameters.toSorted((a, b) => bytesIn(b, fields) - bytesIn(a, fields))[0];
  if (longest && bytes > MAX_VALUES_BYTES)
    mistakes.set(
      fieldOf(longest),
      `All parameters together have ${bytes} bytes; at most ${MAX_VALUES_BYTES} are allowed.`,
    );
  return mistakes;
}

const bytesIn = (parameter: Parameter, fields: Fields): number =>
  bytesOf(valueOf(parameter, fields) ?? '');

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** The fields of values that were given before, for another try with others. */
export function fieldsOf(
  parameters: readonly Parameter[],
  values: Readonly<Record<string, unknown>>,
): Fields {
  const known = parameters.filter(({ name }) => (values[name] ?? undefined) !== undefined);
  return Object.fromEntries(
    known.map((parameter) => [
      parameter.name,
      untouched({ ...parameter, default: values[parameter.name] as Value & Parameter['default'] }),
    ]),
  );
}
