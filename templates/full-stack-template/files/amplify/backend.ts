import { defineBackend } from '@aws-amplify/backend';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

import { auth } from './auth/resource';

const stage = process.env.STAGE ?? 'dev';
const backend = defineBackend({ auth });
const { userPool, userPoolClient } = backend.auth.resources;

// One way only: Amplify writes these, and backend/template.yaml reads them.
const wiring = backend.createStack('wiring');
const parameters = {
  userPoolId: userPool.userPoolId,
  userPoolClientId: userPoolClient.userPoolClientId,
};
for (const [name, stringValue] of Object.entries(parameters)) {
  const parameterName = `/app/<%= name | slug %>/${stage}/${name}`;
  new StringParameter(wiring, name, { parameterName, stringValue });
}
