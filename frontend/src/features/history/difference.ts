import type { Fields, Json, PastEvent } from '../../api/history';

/** A field of a state under the path that leads to it. */
export type Flat = ReadonlyMap<string, string>;

export interface Differing {
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Every value of a state, each under the words that lead to it; empty ones are as if they were not there. */
export function flatten(value: Json, path: readonly string[] = []): Map<string, string> {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return leaf(path, value.join(', '));
  if (typeof value !== 'object' || value === null)
    return leaf(path, value === null ? '' : String(value));
  const inner = Object.entries(value).flatMap(([name, each]) => [
    ...flatten(each, [...path, name]),
  ]);
  return new Map(inner);
}

function leaf(path: readonly string[], text: string): Map<string, string> {
  return new Map(text === '' ? [] : [[path.join(' · '), text]]);
}

/** Fields that differ, in the order of their names. */
export function differences(before: Flat, after: Flat): Differing[] {
  const fields = [...new Set([...before.keys(), ...after.keys()])].sort();
  return fields
    .map((field) => ({ field, before: before.get(field), after: after.get(field) }))
    .filter((each) => each.before !== each.after);
}

/**
 * A state in words that people know: services under their names instead of their ids, and what
 * events gave instead of the marks by which the rules compare it.
 */
export function readable(state: Fields, events: readonly PastEvent[], version: number): Fields {
  const past = events.filter(({ eventSequence }) => eventSequence <= version);
  const { services, forgotten: _, ...others } = state;
  return {
    ...spoken(others, past, GIVEN),
    ...(isFields(services) && { services: byName(services, past) }),
  };
}

/** How to find what a mark stands for: the newest event that gives it. */
type Given = Readonly<Record<string, (event: PastEvent) => Json | undefined>>;

const GIVEN: Given = {
  configuration: ({ data }) => (data.serviceId ? undefined : data.configuration),
  repository: ({ data, eventType }) => (eventType === 'RepositoryLinked' ? data.url : undefined),
  template: ({ data, eventType }) =>
    eventType === 'TemplateChosen'
      ? `${text(data.name)}, revision ${text(data.revision)}`
      : undefined,
};

function spoken(fields: Fields, past: readonly PastEvent[], given: Given): Fields {
  const known = Object.entries(fields).map(([name, value]): [string, Json] => {
    const find = value && given[name];
    return [name, (find && newest(past, find)) || value];
  });
  return Object.fromEntries(known);
}

function byName(services: Fields, past: readonly PastEvent[]): Fields {
  const named = Object.entries(services).map(([id, service]): [string, Json] => {
    if (!isFields(service)) return [id, service];
    const given: Given = {
      configuration: ({ data }) => (data.serviceId === id ? data.configuration : undefined),
    };
    return [text(service.name) || id, spoken(service, past, given)];
  });
  return Object.fromEntries(named);
}

function newest(
  past: readonly PastEvent[],
  find: (event: PastEvent) => Json | undefined,
): Json | undefined {
  const giving = past.findLast((event) => find(event));
  return giving && find(giving);
}

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** The beginning and the end that two texts share, and what is between. */
export function changedPart(text: string, other: string): readonly [string, string, string] {
  let start = 0;
  while (start < text.length && text[start] === other[start]) start++;
  let end = 0;
  const most = Math.min(text.length, other.length) - start;
  while (end < most && text.at(-1 - end) === other.at(-1 - end)) end++;
  return [
    text.slice(0, start),
    text.slice(start, text.length - end),
    text.slice(text.length - end),
  ];
}
