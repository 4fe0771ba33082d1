/** A JSON field of a row: GraphQL gives its text, REST its value. Undefined when it is neither. */
export function readJson(field: unknown): unknown {
  if (typeof field !== 'string') return field ?? undefined;
  try {
    return JSON.parse(field);
  } catch {
    return undefined;
  }
}
