import type { FieldError, Problem } from '../../api/problem';
import { sentence } from './sentence';

/** The faults of a request: those of a form's fields by field, and all others. */
export interface Faults {
  readonly byField: ReadonlyMap<string, string>;
  readonly others: readonly FieldError[];
}

/** `fields` are the fields of the form, under the names which the API uses for them. */
export function faultsOf(problem: Problem, fields: readonly string[]): Faults {
  const { errors = broken(problem, fields) } = problem;
  const messages = new Map<string, Set<string>>();
  const others: FieldError[] = [];
  for (const { path, message } of errors.map(readable)) {
    const field = fieldAt(path, fields);
    if (field === undefined) others.push({ path, message });
    else messages.set(field, (messages.get(field) ?? new Set()).add(message));
  }
  return {
    byField: new Map([...messages].map(([field, all]) => [field, [...all].join(' ')])),
    others,
  };
}

/** The field that a broken rule speaks of, for refusals that name the rule alone. */
function broken({ type, detail }: Problem, fields: readonly string[]): FieldError[] {
  const named = fields.filter((field) => field.endsWith('serviceName'));
  if (!type.endsWith('/service-name-taken')) return [];
  return [{ path: (named.length === 1 && named[0]) || '', message: detail ?? '' }];
}

/** `data.services.0.serviceName` and `/services/0/serviceName` are one place. */
function readable({ path, message }: FieldError): FieldError {
  const place = path
    .replace(/^#?\//, '')
    .replace(/\[(\w+)\]/g, '.$1')
    .replaceAll('/', '.')
    .replace(/^(body|data)(\.|$)/, '');
  return { path: place, message: sentence(message) };
}

/** The field at a path or around it: a fault at `configuration.memory` is one of `configuration`. */
function fieldAt(path: string, fields: readonly string[]): string | undefined {
  const around = fields.filter((field) => path === field || path.startsWith(`${field}.`));
  return around.sort((a, b) => b.length - a.length)[0];
}
