import type { Store } from '../../browserStore';
import { TYPED } from '../session/typedText';
import type { EditorDraft } from './editorDraft';

/** What was typed into the editor, on top of what was saved. */
export interface Kept {
  readonly version: number;
  readonly saved: EditorDraft;
  readonly draft: EditorDraft;
}

interface Place {
  readonly userId: string;
  /** The id of the template; empty for a new one. */
  readonly template: string;
}

const keyOf = ({ userId, template }: Place): string => `${TYPED}template.${userId}.${template}`;

export function restoreTyped(store: Store, place: Place): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(store.getItem(keyOf(place)) ?? 'null');
    return isKept(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Another release of the page may have kept it. */
function isKept(kept: unknown): kept is Kept {
  if (typeof kept !== 'object' || kept === null) return false;
  const { version, saved, draft } = kept as Partial<Kept>;
  return typeof version === 'number' && isDraft(saved) && isDraft(draft);
}

const TEXTS = ['slug', 'name', 'description', 'parameters', 'services', 'settings'] as const;

const isDraft = (draft: EditorDraft | undefined): boolean =>
  draft !== undefined &&
  Array.isArray(draft.files) &&
  TEXTS.every((field) => typeof draft[field] === 'string');

export function keepTyped(store: Store, place: Place, kept: Kept): void {
  store.setItem(keyOf(place), JSON.stringify(kept));
}

export const forgetTyped = (store: Store, place: Place): void => store.removeItem(keyOf(place));
