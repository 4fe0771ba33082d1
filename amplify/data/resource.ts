import { defineData } from '@aws-amplify/backend';
import { a } from '@aws-amplify/data-schema';

import { endpointSchema } from './endpoint';
import { metricSchema } from './metrics';
import { schema } from './schema';

/** An expired key blocks deployments until it is renewed (docs/guides/deploy.md); `off` leaves it out. */
export const withApiKey = process.env.SKAFU_API_KEY !== 'off';

export const data = defineData({
  schema: a.combine([schema, metricSchema, endpointSchema]),
  authorizationModes: {
    defaultAuthorizationMode: 'userPool',
    ...(withApiKey && { apiKeyAuthorizationMode: { expiresInDays: 30 } }),
  },
});
