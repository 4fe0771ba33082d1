/**
 * `projectAnalytics(projectId, timeRange)`: the days of the range added up, `day` being the last one
 * of it. The project is that of the function before, which shows nobody another's.
 */
import { runtime, util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';

const DAYS = {
  LAST_7_DAYS: 7,
  LAST_14_DAYS: 14,
  LAST_30_DAYS: 30,
  LAST_90_DAYS: 90,
  LAST_365_DAYS: 365,
};

export function request(ctx) {
  const project = ctx.prev.result;
  if (!project) {
    runtime.earlyReturn(null, { skipTo: 'END' });
  }
  const days = DAYS[ctx.args.timeRange ?? 'LAST_30_DAYS'];
  const last = util.time.nowEpochMilliSeconds();
  const first = last - (days - 1) * 86400000;
  ctx.stash.last = dayOf(last);
  return query({
    index: 'projectAnalyticsByProjectIdAndDay',
    query: { projectId: { eq: project.id }, day: { ge: dayOf(first) } },
    limit: 1000,
  });
}

export function response(ctx) {
  const { error, result, prev, stash } = ctx;
  if (error) {
    util.error(error.message, error.type);
  }
  const { id, userId, owner, version, projectionVersion, createdAt, updatedAt } = prev.result;
  const sum = { deployments: 0, succeeded: 0, failed: 0, totalEvents: 0 };
  result.items.forEach((row) => {
    sum.deployments = sum.deployments + row.deployments;
    sum.succeeded = sum.succeeded + row.succeeded;
    sum.failed = sum.failed + row.failed;
    sum.totalEvents = sum.totalEvents + row.totalEvents;
  });
  return {
    ...sum,
    id,
    projectId: id,
    day: stash.last,
    userId,
    owner,
    version,
    projectionVersion,
    createdAt,
    updatedAt,
  };
}

function dayOf(milliseconds) {
  return util.time.epochMilliSecondsToISO8601(milliseconds).substring(0, 10);
}
