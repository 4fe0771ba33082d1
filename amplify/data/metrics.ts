import { type ClientSchema, a } from '@aws-amplify/data-schema';

/**
 * What the functions measured, a row for each metric and minute. MetricWriter alone writes them, by IAM: they
 * are made from CloudWatch's figures, not from events, so any domain has them.
 *
 * - `version` is 1 when the minute is first written and grows when a late figure mends it; `projectionVersion`
 *   is the code that wrote it.
 * - `expires` is when DynamoDB removes the row (backend.ts).
 */
export const metricSchema = a.schema({
  Metric: a
    .model({
      id: a.id().required(),
      name: a.string().required(),
      value: a.float().required(),
      unit: a.string().required(),
      /** `{statistic, …}`; of a percentile also the dimensions of the series that had it. */
      tags: a.json(),
      /** The beginning of the minute. */
      timestamp: a.datetime().required(),
      /** The part of the pipeline that measured it: commands, projections … */
      source: a.string().required(),
      expires: a.timestamp().required(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('name').sortKeys(['timestamp']).queryField('listMetricsByName'),
      index('source').sortKeys(['timestamp']).queryField('listMetricsBySource'),
    ])
    .authorization((allow) => [allow.group('Admin').to(['read'])]),
});

/** For operators alone, as those of `schema.ts`. */
export const metricLists = ['listMetrics'];

/** The attributes by which DynamoDB removes rows. */
export const expiring = { Metric: 'expires' };

export type MetricSchema = ClientSchema<typeof metricSchema>;
