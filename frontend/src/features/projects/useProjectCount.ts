import { readsAll } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { isFiltered, type Listing } from './listing';
import { useOwnerSummary } from './useOwnerSummary';

/**
 * How many projects a person has in a list of their own, from the row that counts them; undefined
 * where nobody has counted: with filters, in everybody's list, and before the first project is shown.
 */
export function useProjectCount(listing: Listing): number | undefined {
  const session = useSession();
  const isOwn = listing.isMine || !readsAll(session);
  const summary = useOwnerSummary(session.userId, isOwn);
  if (!isOwn || isFiltered(listing)) return undefined;
  return listing.status === 'ARCHIVED' ? summary?.archived : summary?.active;
}
