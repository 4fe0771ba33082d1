import { type ClientSchema, a } from '@aws-amplify/data-schema';

/**
 * The read models. Projectors alone write them, by IAM; people only read:
 * `allow.owner()` without `.to(['read'])` would let a browser write past every command.
 *
 * On every model:
 * - `version` is the sequence of the last event the row shows,
 *   `projectionVersion` the code that folded it; both guard each write.
 * - `createdAt` and `updatedAt` are declared, so that they carry the time of the events.
 */
export const schema = a.schema({
  Order: a
    .model({
      id: a.id().required(),
      status: a.ref('OrderStatus').required(),
      userId: a.id().required(),
      owner: a.string(),
      /** A list of `{itemId, product, quantity, unitPrice}`; prices are in cents. */
      items: a.json().required(),
      itemCount: a.integer().required(),
      /** In cents. */
      total: a.integer().required(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('userId').sortKeys(['createdAt']).queryField('ordersByUser'),
      index('status').sortKeys(['createdAt']).queryField('ordersByStatus'),
    ])
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  OrderStatus: a.enum(['PENDING', 'CANCELLED']),
});

/** Lists without an index read the whole table: these are for operators alone, by IAM. */
export const operatorLists: string[] = [];

export type Schema = ClientSchema<typeof schema>;
