import type { ModelName, Models } from '../api/readModels';
import type { RowStore } from './store';
import type { Listed } from './unreadable';

/**
 * Asks for rows by their ids that are known here, but that a list does not have: its index may lag
 * behind them, or they are gone and nobody has told this page.
 */
export async function lookAgain<Name extends ModelName>(
  store: RowStore,
  name: Name,
  rows: readonly Models[Name][],
  read: (id: string) => Promise<Listed<Models[Name]> | null>,
): Promise<void> {
  const look = async (row: Models[Name]): Promise<void> => {
    const found = await read(row.id);
    if (found) store.seen(name, [found]);
    else store.deliver(name, { kind: 'deleted', row });
  };
  // Best effort: the next reading looks again.
  await Promise.allSettled(rows.map(look));
}
