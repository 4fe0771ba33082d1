/** What one caller can cost: limits of a request, and lists that are not for people. */
import type { CfnFunctionConfiguration, CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';

/** The deepest query that the pages and functions send has 5 levels, leaves included. */
const QUERY_DEPTH = 6;
/**
 * A page of 100 rows runs 101 resolvers, since the owner of each row is one. AppSync's own limit is 10 000 in
 * one request, each paid for.
 */
const RESOLVER_COUNT = 150;

/** The authorization step of a list for operators, instead of the generated one. */
const OPERATORS_ONLY = `\
## A list without an index reads the whole table: for operators alone, who sign with IAM.
#if( $util.authType() != "IAM Authorization" || !$util.isNull($ctx.identity.cognitoIdentityPoolId) || !$util.isNull($ctx.identity.cognitoIdentityId) )
$util.unauthorized()
#end
$util.qr($ctx.stash.put("hasAuth", true))
$util.toJson({"version":"2018-05-29","payload":{}})
`;

export function limitRequests(api: CfnGraphQLApi, withApiKey: boolean): void {
  api.queryDepthLimit = QUERY_DEPTH;
  api.resolverCountLimit = RESOLVER_COUNT;
  // Anybody can hold an API key; AppSync knows no switch for one kind of caller.
  api.introspectionConfig = withApiKey ? 'DISABLED' : 'ENABLED';
}

/** Throws when a list has no such step any more: it would be open to people. */
export function closeLists(
  functions: Record<string, CfnFunctionConfiguration>,
  fields: string[],
): void {
  for (const field of fields) {
    const step = Object.values(functions).find(({ name }) => name === `Query${field}auth0Function`);
    if (step === undefined) {
      throw new Error(`the list ${field} has no step of authorization`);
    }
    step.requestMappingTemplate = OPERATORS_ONLY;
    step.requestMappingTemplateS3Location = undefined;
  }
}

/** Amplify's table, of which no more is asked. */
interface Expiring {
  timeToLiveAttribute: { attributeName?: string; enabled: boolean };
}

/** Lets DynamoDB remove rows of these models once the time in an attribute has come. */
export function letExpire(
  tables: Record<string, Expiring>,
  attributes: Record<string, string>,
): void {
  for (const [model, attributeName] of Object.entries(attributes)) {
    const table = tables[model];
    if (table === undefined) {
      throw new Error(`the model ${model} has no table`);
    }
    table.timeToLiveAttribute = { attributeName, enabled: true };
  }
}
