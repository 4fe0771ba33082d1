/**
 * Pipeline resolver request handler
 */
export const request = (ctx) => {
    ctx.stash.awsAppsyncApiId = '{{apiId}}';
    ctx.stash.amplifyApiEnvironmentName = 'NONE';
    return {};
};
/**
 * Pipeline resolver response handler
 */
export const response = (ctx) => {
    return ctx.prev.result;
};
