import type { Pending } from '../commands/pending';

/** What the editor leaves to the page that it leads to. */
export interface SavedState {
  /** Accepted, and not in a row yet. */
  readonly saved?: Pending;
}
