import { readJson } from '../templates/json';

/** The values that an attempt was started with, by the names of the parameters. */
export function givenOf(json: unknown): Readonly<Record<string, unknown>> {
  const value = readJson(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
