import { type EditorDraft, type File } from './editorDraft';
import { readJson } from './json';
import type { Parameter } from './parameters';
import { type Template, templateOf, type TemplateRow } from './template';

/** What the page needs of a draft's row. */
interface DraftRow extends TemplateRow {
  readonly version: number;
  /** JSON: a list of files. */
  readonly files?: unknown;
  /** Whether it is not what is published. */
  readonly differs?: boolean | null;
}

/** A template as an Admin sees it: what is drafted. */
export interface Draft extends Template {
  readonly version: number;
  readonly files: readonly File[];
  readonly differs: boolean;
}

export function draftOf(row: DraftRow): Draft {
  const files = filesOf(row.files);
  return {
    ...templateOf(row),
    paths: files.map(({ path }) => path),
    version: row.version,
    files,
    differs: row.differs ?? false,
  };
}

function filesOf(json: unknown): readonly File[] {
  const value = readJson(json);
  return Array.isArray(value) ? value.filter(isFile) : [];
}

function isFile(value: unknown): value is File {
  return typeof value === 'object' && value !== null && 'path' in value && 'content' in value;
}

/** A draft as it stands in the editor before anybody has typed. */
export function editorDraftOf(draft: Draft): EditorDraft {
  const { slug, name, description, files, parameters, services, settings } = draft;
  return {
    slug,
    name,
    description,
    files,
    parameters: written(parameters.map(inReadingOrder)),
    services: written(services),
    settings: written(settings),
  };
}

/** The fields in the order in which people think of them; rows have them in that of the alphabet. */
function inReadingOrder({ name, type, label, ...others }: Parameter): Parameter {
  return { name, type, label, ...others };
}

const written = (value: unknown): string => JSON.stringify(value, null, 2);
