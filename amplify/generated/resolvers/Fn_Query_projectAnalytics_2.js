/**
 * `project(id)`: null for what is deleted and for what is another's, as if it were not there. Queries
 * of what belongs to a project, which name it `projectId`, take the row from `ctx.prev.result`.
 */
import { runtime, util } from '@aws-appsync/utils';
import { get } from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  const id = ctx.args.projectId ?? ctx.args.id;
  if (id === '') {
    // No key may be empty, and no row is there.
    runtime.earlyReturn(null, { skipTo: 'END' });
  }
  return get({ key: { id } });
}

export function response(ctx) {
  const { error, result: row, stash } = ctx;
  if (error) {
    util.error(error.message, error.type);
  }
  const shown = row && row.status !== 'DELETED';
  return shown && (stash.caller.all || row.owner === stash.caller.owner) ? row : null;
}
