import { useEffect, useRef, useState } from 'react';
import { tabStore } from '../../browserStore';
import { type EditorDraft, emptyDraft } from './editorDraft';
import { type Draft, editorDraftOf } from './draftRow';
import { forgetTyped, keepTyped, type Kept, restoreTyped } from './typed';

export interface Editor {
  readonly draft: EditorDraft;
  /** What is saved, as far as this person has seen it. */
  readonly saved: EditorDraft;
  /** The version of what is saved; 0 for a template that is new. */
  readonly version: number;
  /** Somebody else has saved the template since. */
  readonly isStale: boolean;
  readonly onChange: (draft: EditorDraft) => void;
  /** Forgets what was typed; what is saved now stands there. */
  readonly throwAway: () => void;
  /** Goes on with what was typed, on top of what is saved now. */
  readonly keepMine: () => void;
  /** This was saved as this version; what was typed meanwhile stays. */
  readonly onSaved: (version: number, saved: EditorDraft) => void;
  /** This was saved as a template that is new; what was typed meanwhile is kept for its own page. */
  readonly onDrafted: (id: string, version: number, saved: EditorDraft) => void;
}

/** What stands in the editor. The browser keeps it over reloads and Back, until it is saved. */
export function useEditor(userId: string, row: Draft | undefined): Editor {
  const place = { userId, template: row?.id ?? '' };
  const newest: Kept = row
    ? { version: row.version, saved: editorDraftOf(row), draft: editorDraftOf(row) }
    : { version: 0, saved: emptyDraft, draft: emptyDraft };
  const [kept, setKept] = useState(() => restoreTyped(tabStore, place) ?? newest);
  const isUntouched = kept.draft === kept.saved;
  const shown = isUntouched && newest.version > kept.version ? newest : kept;

  const typed = useRef(shown.draft);
  useEffect(() => void (typed.current = shown.draft));

  function settle(next: Kept): void {
    setKept(next);
    if (next.draft === next.saved) forgetTyped(tabStore, place);
    else keepTyped(tabStore, place, next);
  }

  function onDrafted(id: string, version: number, saved: EditorDraft): void {
    const draft = typed.current;
    if (draft !== saved) keepTyped(tabStore, { userId, template: id }, { version, saved, draft });
    settle(newest);
  }

  return {
    onDrafted,
    draft: shown.draft,
    saved: shown.saved,
    version: shown.version,
    isStale: newest.version > shown.version,
    onChange: (draft) => settle({ ...shown, draft }),
    throwAway: () => settle(newest),
    keepMine: () => settle({ ...newest, draft: shown.draft }),
    onSaved: (version, saved) => settle({ version, saved, draft: typed.current }),
  };
}
