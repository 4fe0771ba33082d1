/**
 * `projects(filter, limit, nextToken)`: newest first. An owner gets their own; whoever may read all
 * rows gets those of `filter.userId`, or else of one status, which the functions behind this one
 * read. What is deleted is shown on request only.
 */
import { runtime, util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';

const NOT_OF_THIS_LIST = 'nextToken is not one of this list.';

export function request(ctx) {
  const { limit, nextToken } = ctx.args;
  const { status, userId } = ctx.args.filter ?? {};
  const { all, sub } = ctx.stash.caller;
  const size = limit ?? 20;
  if (size < 1 || size > 100) {
    util.error('limit must be 1 to 100.', 'InvalidArgumentsError');
  }
  if (userId === '') {
    util.error('userId must not be empty.', 'InvalidArgumentsError');
  }
  if (nextToken === '') {
    util.error(NOT_OF_THIS_LIST, 'InvalidArgumentsError');
  }
  if (!all && userId && userId !== sub) {
    // Another's list is empty: whether there is anything in it is not told.
    runtime.earlyReturn({ items: [], nextToken: null }, { skipTo: 'END' });
  }
  const whose = all ? userId : sub;
  if (!whose) {
    const behind = nextToken ?? '';
    if (behind && !util.matches('^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z#.+$', behind)) {
      util.error(NOT_OF_THIS_LIST, 'InvalidArgumentsError');
    }
    ctx.stash.everybody = {
      size,
      behind,
      status: status ?? 'ACTIVE',
      shelf: 0,
      rows: [],
      frontier: '',
    };
    runtime.earlyReturn(null);
  }
  return query({
    limit: size,
    nextToken,
    scanIndexForward: false,
    index: 'projectsByUserIdAndCreatedAt',
    query: { userId: { eq: whose } },
    filter: { status: status ? { eq: status } : { ne: 'DELETED' } },
  });
}

export function response(ctx) {
  const { error, result } = ctx;
  if (error) {
    util.error(error.message, error.type);
  }
  return { items: result.items.map(shown), nextToken: result.nextToken };
}

/** The owner as a Project shows them: by their username alone. */
function shown(row) {
  return { ...row, owner: row.owner ? row.owner.split('::')[1] : null };
}
