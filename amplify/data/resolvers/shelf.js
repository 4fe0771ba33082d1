/**
 * One shelf of everybody's projects of a status, behind `projects.js`: the next one at each call. The
 * last call answers with the rows of all, merged, newest first. A place in the list is `createdAt#id`.
 */
import { runtime, util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';

// Rows of one shelf with the same time, which a page does not part.
const TIES = 10;

export function request(ctx) {
  const { everybody } = ctx.stash;
  if (!everybody) {
    runtime.earlyReturn(ctx.prev.result, { skipTo: 'END' });
  }
  const { behind, shelf, size, status } = everybody;
  const until = behind ? { createdAt: { le: behind.split('#')[0] } } : {};
  return query({
    limit: Math.ceil(size / 2) + TIES,
    scanIndexForward: false,
    index: 'projectsByShelfAndCreatedAt',
    query: { shelf: { eq: `${status}#${shelf}` }, ...until },
  });
}

export function response(ctx) {
  const { error, result } = ctx;
  if (error) {
    util.error(error.message, error.type);
  }
  const { everybody } = ctx.stash;
  everybody.rows = everybody.rows.concat(result.items);
  everybody.shelf += 1;
  if (result.nextToken && result.items.length > 0) {
    // Rows as old as the last that was read may have others of that time beside them.
    const last = result.items[result.items.length - 1].createdAt;
    everybody.frontier = last > everybody.frontier ? last : everybody.frontier;
  }
  return merged(everybody);
}

function merged({ behind, frontier, rows, size }) {
  const placed = {};
  rows.forEach((row) => {
    placed[`${row.createdAt}#${row.id}`] = row;
  });
  const places = Object.keys(placed)
    .filter((place) => (!behind || place < behind) && placed[place].createdAt > frontier)
    .sort()
    .reverse();
  const page = places.slice(0, size);
  const more = frontier || places.length > size;
  const last = page.length > 0 ? page[page.length - 1] : `${frontier}#~`;
  return {
    items: page.map((place) => shown(placed[place])),
    nextToken: more ? last : null,
  };
}

/** The owner as a Project shows them: by their username alone. */
function shown(row) {
  return { ...row, owner: row.owner ? row.owner.split('::')[1] : null };
}
