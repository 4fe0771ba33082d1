import { defineBackend } from '@aws-amplify/backend';
import { App, RemovalPolicy } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

import { auth } from './auth/resource';
import { expiring, metricLists } from './data/metrics';
import { data, withApiKey } from './data/resource';
import { operatorLists } from './data/schema';
import { closeLists, letExpire, limitRequests } from './limits';
import { stageOf } from './stage';

// Read before anything is built, so that a branch without a stage is refused at once.
const { node } = new App({ autoSynth: false });
const context = (name: string): string => String(node.tryGetContext(`amplify-backend-${name}`));
const type = context('type');
const stage = stageOf({ type, name: context('name') }, process.env.SKAFU_ENVIRONMENT);

const backend = defineBackend({ auth, data });
const { cfnGraphqlApi, cfnFunctionConfigurations, amplifyDynamoDbTables } =
  backend.data.resources.cfnResources;
const { userPool, userPoolClient } = backend.auth.resources;

limitRequests(cfnGraphqlApi, withApiKey);
closeLists(cfnFunctionConfigurations, [...operatorLists, ...metricLists]);
letExpire(amplifyDynamoDbTables, expiring);

if (type === 'branch') {
  // Every event names its owner by the pool's ids: a pool made anew has others.
  const { cfnUserPool } = backend.auth.resources.cfnResources;
  cfnUserPool.deletionProtection = 'ACTIVE';
  cfnUserPool.applyRemovalPolicy(RemovalPolicy.RETAIN);
}

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
