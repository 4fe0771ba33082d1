import { CommandRefused } from '../../api/problem';

/** A field of an open form, in the three forms that a conflict is about. */
export interface Field<Name extends string = string> {
  readonly name: Name;
  readonly label: string;
  /** As it was when the form was opened. */
  readonly seen: string;
  readonly newest: string;
  readonly mine: string;
}

/** `combine` saves what this person alone changed, `overwrite` all that this person changed. */
export type Choice = 'combine' | 'decide' | 'overwrite';

export const isMine = ({ mine, seen }: Field): boolean => mine.trim() !== seen;
export const isTheirs = ({ newest, seen }: Field): boolean => newest !== seen;
export const isOfBoth = (field: Field): boolean => isMine(field) && isTheirs(field);
export const differs = ({ mine, newest }: Field): boolean => mine.trim() !== newest;

/** The fields to decide about; none as long as others have changed nothing that is in the form. */
export function conflictIn<One extends Field>(fields: readonly One[]): readonly One[] {
  return fields.some(isTheirs) ? fields.filter(differs) : [];
}

/** Where both changed the same field, only a person can say what is right. */
export const presetFor = (conflict: readonly Field[]): Choice =>
  conflict.some(isOfBoth) ? 'decide' : 'combine';

/** A draft with some of its fields in the place of those of another. */
export function withFields<Draft extends object>(
  draft: Draft,
  other: Draft,
  names: readonly string[],
): Draft {
  const taken = Object.entries(other).filter(([name]) => names.includes(name));
  return { ...draft, ...Object.fromEntries(taken) };
}

/** Whether a command was refused because the form was filled in on something older. */
export function isStale(failure: unknown): boolean {
  if (!(failure instanceof CommandRefused)) return false;
  return failure.problem.status === 412 || failure.problem.type.endsWith('/merge-conflict');
}

/** `name`, `name and description`, `runtime, region and features`. */
export function listOf(fields: readonly Field[]): string {
  const labels = fields.map(({ label }) => label.toLowerCase());
  const last = labels.pop() ?? '';
  return labels.length > 0 ? `${labels.join(', ')} and ${last}` : last;
}
