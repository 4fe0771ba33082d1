import { defineBackend } from '@aws-amplify/backend';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

import { auth } from './auth/resource';
import { data } from './data/resource';

const backend = defineBackend({ auth, data });

/** The stage whose SAM stack reads these parameters; a sandbox sets its own. */
const stage = process.env.SKAFU_ENVIRONMENT ?? 'dev';

const { cfnGraphqlApi } = backend.data.resources.cfnResources;
const { userPool, userPoolClient } = backend.auth.resources;

// One way only: Amplify writes, SAM reads. Amplify never depends on SAM.
const parameters: Record<string, string> = {
  graphqlUrl: cfnGraphqlApi.attrGraphQlUrl,
  // The host name in the URL is not the API's id, and IAM statements need the id.
  apiId: cfnGraphqlApi.attrApiId,
  apiArn: cfnGraphqlApi.attrArn,
  userPoolArn: userPool.userPoolArn,
  userPoolId: userPool.userPoolId,
  userPoolClientId: userPoolClient.userPoolClientId,
};

const wiring = backend.createStack('wiring');

for (const [name, stringValue] of Object.entries(parameters)) {
  new StringParameter(wiring, name, { parameterName: `/skafu/${stage}/${name}`, stringValue });
}
