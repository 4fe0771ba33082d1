/** Who calls, once proved. */
import type { AuthorizationMode } from '../schema';

export interface Identity {
  mode: AuthorizationMode;
  groups: string[];
  /** `$ctx.identity`. */
  templateIdentity: Record<string, unknown> | null;
}

export const API_KEY_IDENTITY: Identity = { mode: 'API_KEY', groups: [], templateIdentity: null };

export type Claims = Record<string, unknown>;

export function userPoolIdentity(claims: Claims): Identity {
  const groups = Array.isArray(claims['cognito:groups'])
    ? claims['cognito:groups'].map(String)
    : [];
  const templateIdentity = {
    sub: claims.sub,
    issuer: claims.iss,
    username: claims.username ?? claims['cognito:username'],
    claims,
    groups,
    sourceIp: ['127.0.0.1'],
    defaultAuthStrategy: 'ALLOW',
  };
  return { mode: 'AMAZON_COGNITO_USER_POOLS', groups, templateIdentity };
}

/** A principal with keys of its own: never one of an identity pool. */
export function iamIdentity(accessKeyId: string): Identity {
  const templateIdentity = {
    accountId: '000000000000',
    username: accessKeyId,
    userArn: `arn:aws:iam::000000000000:user/${accessKeyId}`,
    sourceIp: ['127.0.0.1'],
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    cognitoIdentityAuthType: null,
    cognitoIdentityAuthProvider: null,
  };
  return { mode: 'AWS_IAM', groups: [], templateIdentity };
}
