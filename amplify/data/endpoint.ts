import { type ClientSchema, a } from '@aws-amplify/data-schema';

/**
 * Where the command API of this backend is: one row, `commandApi`. Deploying the functions writes it by IAM;
 * the page asks for it once somebody has signed in, so that it needs no build of its own for each stage.
 * It is no read model: no event makes it.
 */
export const endpointSchema = a.schema({
  Endpoint: a
    .model({ id: a.id().required(), url: a.url().required() })
    .disableOperations(['list', 'delete', 'subscriptions'])
    .authorization((allow) => [allow.authenticated().to(['get'])]),
});

export type EndpointSchema = ClientSchema<typeof endpointSchema>;
