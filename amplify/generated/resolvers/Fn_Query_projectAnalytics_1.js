/**
 * Who asks, for the resolvers behind this one: `ctx.stash.caller` is `{ all, sub, owner }`. Developer,
 * Admin and signed principals may read all rows; anybody else those with this `owner`.
 */
import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const { identity } = ctx;
  const signed = util.authType() === 'IAM Authorization';
  if (signed && (identity.cognitoIdentityPoolId || identity.cognitoIdentityId)) {
    // A guest's or a person's keys from an identity pool, which name nobody that owns rows.
    util.unauthorized();
  }
  const groups = identity.groups ?? [];
  ctx.stash.caller = signed
    ? { all: true }
    : {
        all: groups.includes('Developer') || groups.includes('Admin'),
        sub: identity.sub,
        owner: `${identity.sub}::${identity.username}`,
      };
  return {};
}

export function response() {
  return null;
}
