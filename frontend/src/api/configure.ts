import { Amplify } from 'aws-amplify';
import { parseAmplifyConfig } from 'aws-amplify/utils';
import { allowPlainWebSocketTo } from './loopbackWebSocket';
import type { Outputs } from './outputs';

export function configureAmplify({ amplify, skafu }: Outputs): void {
  const config = parseAmplifyConfig(amplify);
  const cognito = config.Auth?.Cognito;
  // amplify_outputs.json has no key for the address of a user pool outside AWS.
  if (skafu.local && cognito) cognito.userPoolEndpoint = skafu.local.userPoolEndpoint;
  if (amplify.data) allowPlainWebSocketTo(amplify.data.url);
  Amplify.configure(config);
}
