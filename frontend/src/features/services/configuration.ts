export type Configuration = Record<string, unknown>;

export type ParsedConfiguration =
  { readonly value: Configuration | undefined } | { readonly error: string };

/** What a person typed as a service's configuration; nothing at all is no configuration. */
export function parseConfiguration(text: string): ParsedConfiguration {
  if (text.trim() === '') return { value: undefined };
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value)
      ? { value }
      : { error: 'The configuration must be a JSON object, such as {"memory": 512}.' };
  } catch {
    return { error: 'This is not valid JSON. Write it like {"memory": 512}, with double quotes.' };
  }
}

/** A row carries the configuration as JSON text; an empty one is not worth showing. */
export function formatConfiguration(configuration: unknown): string | undefined {
  const value = typeof configuration === 'string' ? readJson(configuration) : configuration;
  const isEmpty = value === null || value === undefined || JSON.stringify(value) === '{}';
  return isEmpty ? undefined : JSON.stringify(value, null, 2);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Configuration {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
