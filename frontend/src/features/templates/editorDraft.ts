import type { components } from '../../api/openapi';
import { descriptionMistake, nameMistake } from '../limits';
import { mistakeIn, type Parameter } from './parameters';
import { MAX_FILES, pathMistakes } from './paths';

export type File = components['schemas']['TemplateFile'];
export type DraftTemplate = components['schemas']['DraftTemplateBody'];
export type ReviseTemplate = components['schemas']['ReviseTemplateBody'];

/** Bytes of an event, which holds all files. */
export const MAX_BYTES = 64 * 1024;
export const MAX_PARAMETERS = 20;

/** A template as it stands in the editor; what is declared is JSON text. */
export interface EditorDraft {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly files: readonly File[];
  readonly parameters: string;
  readonly services: string;
  readonly settings: string;
}

export const emptyDraft: EditorDraft = {
  slug: '',
  name: '',
  description: '',
  files: [{ path: 'README.md', content: '# <%= name %>\n' }],
  parameters: '[]',
  services: '[]',
  settings: '{}',
};

/** Something that keeps the draft from being saved, and where it is. */
export interface Fault {
  readonly field: keyof EditorDraft;
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
}

export function faultsIn(draft: EditorDraft): readonly Fault[] {
  return [
    ...fault('slug', slugMistake(draft.slug)),
    ...fault('name', nameMistake(draft.name, 'template')),
    ...fault('description', descriptionMistake(draft.description)),
    ...fault('files', filesMistake(draft)),
    ...[...pathMistakes(draft.files.map(({ path }) => path))].map(([path, message]) => ({
      field: 'files' as const,
      path,
      message,
    })),
    ...fault('parameters', parametersMistake(draft.parameters)),
    ...fault('services', servicesMistake(draft.services)),
    ...fault('settings', settingsMistake(draft.settings)),
  ];
}

function fault(field: Fault['field'], message: string | undefined): Fault[] {
  return message === undefined ? [] : [{ field, message }];
}

function slugMistake(slug: string): string | undefined {
  if (slug === '') return 'Give the template a slug, such as web-api.';
  if (slug.length > 64) return `At most 64 characters; there are ${slug.length}.`;
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)
    ? undefined
    : 'A slug is made of lower-case letters and digits, in groups separated by single hyphens.';
}

function filesMistake({ files }: EditorDraft): string | undefined {
  if (files.length > MAX_FILES) return `At most ${MAX_FILES} files; there are ${files.length}.`;
  const nul = files.find(({ content }) => content.includes('\0'));
  if (nul) return `${nul.path} is no text: it has NUL characters.`;
  return bytesOf(files) > MAX_BYTES
    ? `All files together have ${kilobytes(bytesOf(files))}; at most ${kilobytes(MAX_BYTES)} are allowed.`
    : undefined;
}

function parametersMistake(text: string): string | undefined {
  const read = parametersIn(text);
  if ('error' in read) return read.error;
  const { parameters } = read;
  if (parameters.length > MAX_PARAMETERS)
    return `At most ${MAX_PARAMETERS} parameters; there are ${parameters.length}.`;
  return parameters.map(parameterMistake).find(Boolean);
}

function parameterMistake(parameter: Parameter): string | undefined {
  const preset = parameter.default ?? undefined;
  const misfit = preset === undefined ? undefined : mistakeIn(parameter, preset);
  return misfit && `The default of ${parameter.name} does not fit. ${misfit}`;
}

function servicesMistake(text: string): string | undefined {
  const list = jsonIn(text);
  const isList = Array.isArray(list) && list.every(isService);
  return isList
    ? undefined
    : 'Write a JSON list, such as [{"serviceName": "API", "serviceType": "API"}].';
}

function isService(value: unknown): boolean {
  return isObject(value) && typeof value.serviceName === 'string' && 'serviceType' in value;
}

const settingsMistake = (text: string): string | undefined =>
  isObject(jsonIn(text)) ? undefined : 'Write a JSON object, such as {"runtime": "python3.13"}.';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type ReadParameters = { readonly parameters: readonly Parameter[] } | { readonly error: string };

const EXAMPLE = '[{"name": "memory", "type": "NUMBER", "label": "Memory"}]';

export function parametersIn(text: string): ReadParameters {
  const list = listIn(text);
  if (list === undefined) return { error: `Write a JSON list, such as ${EXAMPLE}.` };
  const isWhole = list.every(isParameter);
  return isWhole
    ? { parameters: list }
    : {
        error:
          'Each parameter is a JSON object with a name, a label and a type: ' +
          'TEXT, NUMBER, BOOLEAN, CHOICE or LIST. Its choices are a list of texts, and its default ' +
          'is one value or such a list.',
      };
}

function listIn(text: string): unknown[] | undefined {
  const value = jsonIn(text.trim() || '[]');
  return Array.isArray(value) ? (value as unknown[]) : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const TYPES = ['TEXT', 'NUMBER', 'BOOLEAN', 'CHOICE', 'LIST'];

function isParameter(value: unknown): value is Parameter {
  if (!isObject(value)) return false;
  const { name, label, type, choices = null, default: preset = null } = value;
  return (
    typeof name === 'string' &&
    typeof label === 'string' &&
    typeof type === 'string' &&
    TYPES.includes(type) &&
    (choices === null || isTexts(choices)) &&
    (typeof preset !== 'object' || preset === null || isTexts(preset))
  );
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

export const bytesOf = (files: readonly File[]): number =>
  files.reduce((sum, { path, content }) => sum + encoded(path) + encoded(content), 0);

const encoded = (text: string): number => new TextEncoder().encode(text).length;

/** `31 KB`; what is less than one is `1 KB`, as a file on a disk. */
export const kilobytes = (bytes: number): string =>
  bytes === 0 ? '0 KB' : `${Math.max(1, Math.round(bytes / 1024))} KB`;

/** To be called on a draft without faults. */
export function draftingOf(draft: EditorDraft): DraftTemplate {
  const { slug, name, description, files } = draft;
  return {
    slug,
    name: name.trim(),
    ...(description.trim() && { description: description.trim() }),
    files: [...files],
    parameters: declared(draft),
    ...declarations(draft),
  };
}

/** What a template declares besides its parameters. */
function declarations(draft: EditorDraft): Pick<DraftTemplate, 'services' | 'settings'> {
  return {
    services: jsonIn(draft.services) as NonNullable<DraftTemplate['services']>,
    settings: jsonIn(draft.settings) as NonNullable<DraftTemplate['settings']>,
  };
}

/** Only what differs, on drafts without faults; undefined when nothing does. */
export function revisionOf(before: EditorDraft, after: EditorDraft): ReviseTemplate | undefined {
  const name = after.name.trim();
  const description = after.description.trim();
  const revision: ReviseTemplate = {
    ...(name !== before.name && { name }),
    ...(description !== before.description && { description: description || null }),
    ...(!same(before.files, after.files) && { files: [...after.files] }),
    ...(!same(declared(before), declared(after)) && { parameters: declared(after) }),
    ...changed(declarations(before), declarations(after)),
  };
  return Object.keys(revision).length > 0 ? revision : undefined;
}

/** The fields of the second that differ from those of the first. */
function changed<Fields extends object>(before: Fields, after: Fields): Partial<Fields> {
  const names = Object.keys(after) as (keyof Fields)[];
  return Object.fromEntries(
    names.filter((name) => !same(before[name], after[name])).map((name) => [name, after[name]]),
  ) as Partial<Fields>;
}

function declared({ parameters }: EditorDraft): Parameter[] {
  const read = parametersIn(parameters);
  return 'parameters' in read ? [...read.parameters] : [];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `3 files changed, 1 added`: nothing when no file differs. */
export function fileChanges(before: readonly File[], after: readonly File[]): string {
  const was = new Map(before.map(({ path, content }) => [path, content]));
  const is = new Map(after.map(({ path, content }) => [path, content]));
  const added = after.filter(({ path }) => !was.has(path)).length;
  const removed = before.filter(({ path }) => !is.has(path)).length;
  const changed = after.filter(
    ({ path, content }) => was.has(path) && was.get(path) !== content,
  ).length;
  const counts = [
    [changed, 'changed'],
    [added, 'added'],
    [removed, 'removed'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, verb], index) => (index === 0 ? `${filesIn(count)} ${verb}` : `${count} ${verb}`))
    .join(', ');
}

export const filesIn = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`;

/** A refusal of the API as a fault: it names the file and the line. */
export function faultOf(type: string, detail: string): Fault {
  const place = /^([^,\s]+), line (\d+): (.*)$/s.exec(detail);
  if (place) return { field: 'files', path: place[1]!, line: Number(place[2]), message: place[3]! };
  if (type.endsWith('/slug-taken')) return { field: 'slug', message: detail };
  const isParameter = /\/(unusable-parameter|parameters-too-long|parameter-in-use)$/.test(type);
  return { field: isParameter ? 'parameters' : 'files', message: detail };
}

/** The places in a draft that the API may name, each file under its number. */
export const placesIn = (draft: EditorDraft): readonly string[] => [
  ...Object.keys(draft),
  ...draft.files.map((_, index) => `files.${index}`),
];

export function faultAt(place: string, message: string, { files }: EditorDraft): Fault {
  const [field = '', index] = place.split('.');
  const path = index === undefined ? undefined : files[Number(index)]?.path;
  return { field: field as Fault['field'], message, ...(path !== undefined && { path }) };
}

/** The parts of a line, those within delimiters marked. */
export interface Part {
  readonly text: string;
  readonly isTag: boolean;
}

export function partsOf(line: string): readonly Part[] {
  return line
    .split(/(<%.*?%>)/)
    .filter((text) => text !== '')
    .map((text) => ({ text, isTag: /^<%.*%>$/.test(text) }));
}

/** How often each file uses a parameter: its name within delimiters. */
export function filesUsing(name: string, files: readonly File[]): number {
  // Whoever types a name may have come to a character that means something in a pattern.
  if (!/^\w+$/.test(name)) return 0;
  const use = new RegExp(`<%[^#][^]*?\\b${name}\\b[^]*?%>`);
  return files.filter(({ content }) => use.test(content)).length;
}
