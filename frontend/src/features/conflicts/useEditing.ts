import { useState } from 'react';
import type { OnConflict } from '../../api/commands';
import { conflictIn, type Field, isMine, isOfBoth, isTheirs, withFields } from './conflict';

interface Editable {
  readonly version: number;
  readonly updatedAt: string;
}

/** How a form gets its draft from a row, and what it compares; the names are the draft's own. */
export interface Form<Row, Draft extends object, Name extends string & keyof Draft> {
  readonly draftOf: (row: Row) => Draft;
  readonly textsOf: (draft: Draft) => Readonly<Record<Name, string>>;
  readonly labels: Readonly<Record<Name, string>>;
}

export interface Editing<Draft extends object, Row extends Editable = Editable> {
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
  /** What is saved now, as far as it is known here. */
  readonly newest: Row;
  /** What a change is one to. */
  readonly base: Draft;
  /** The fields to decide about: others have changed the row since the form was opened. */
  readonly conflict: readonly Field[];
  /** What becomes of a change: who has decided on the newest values meant these and no others. */
  readonly onConflict: OnConflict;
  /** Newest values that this person saw and has not taken. */
  readonly beside: readonly Field[];
  /** The newest values, with what this person alone has changed. */
  readonly combined: () => Draft;
  /** The newest values, with all that this person has changed. */
  readonly overwriting: () => Draft;
  /** Goes on with the newest values beside one's own. */
  readonly decide: () => void;
  readonly take: (name: string) => void;
}

/** What stands in a form about a row that others may change while it is open. */
export function useEditing<
  Row extends Editable,
  Draft extends object,
  Name extends string & keyof Draft,
>(newest: Row, form: Form<Row, Draft, Name>): Editing<Draft, Row> {
  const [seen, setSeen] = useState(newest);
  const [draft, setDraft] = useState(() => form.draftOf(newest));
  const [decided, setDecided] = useState<readonly string[]>([]);
  const now = form.draftOf(newest);
  const fields = fieldsOf(form, form.draftOf(seen), now, draft);
  const conflict = conflictIn(fields);
  const mine = (wanted: (field: Field) => boolean): string[] =>
    fields.filter((field) => isMine(field) && wanted(field)).map(({ name }) => name);
  // Who has typed nothing goes on with what others have made of it.
  if (fields.some(isTheirs) && !fields.some(isMine)) {
    setSeen(newest);
    setDraft(now);
  }
  const overwriting = (): Draft =>
    withFields(
      now,
      draft,
      mine(() => true),
    );
  return {
    draft,
    change: setDraft,
    newest,
    base: conflict.length > 0 ? form.draftOf(seen) : now,
    conflict,
    onConflict: decided.length > 0 ? 'reject' : 'merge',
    beside: fieldsOf(form, now, now, draft).filter(
      (field) => decided.includes(field.name) && isMine(field),
    ),
    combined: () =>
      withFields(
        now,
        draft,
        mine((field) => !isOfBoth(field)),
      ),
    overwriting,
    decide: () => {
      setDecided(conflict.filter(isTheirs).map(({ name }) => name));
      setSeen(newest);
      setDraft(overwriting());
    },
    take: (name) => setDraft(withFields(draft, now, [name])),
  };
}

function fieldsOf<Row, Draft extends object, Name extends string & keyof Draft>(
  { textsOf, labels }: Form<Row, Draft, Name>,
  ...drafts: [seen: Draft, newest: Draft, mine: Draft]
): readonly Field<Name>[] {
  const [seen, newest, mine] = drafts.map(textsOf) as [
    Record<Name, string>,
    Record<Name, string>,
    Record<Name, string>,
  ];
  return (Object.keys(labels) as Name[]).map((name) => ({
    name,
    label: labels[name],
    seen: seen[name],
    newest: newest[name],
    mine: mine[name],
  }));
}
