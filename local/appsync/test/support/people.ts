/** A user pool, and tokens of the people in it. */
import { awsCall } from './ministack';

export interface Tokens {
  id: string;
  access: string;
  /** Of the ID token. */
  claims: Record<string, unknown>;
  /** As rows carry it: `<sub>::<username>`. */
  owner: string;
}

export interface People {
  userPoolId: string;
  clientId: string;
  owner: Tokens;
  second: Tokens;
  developer: Tokens;
  admin: Tokens;
}

export const PASSWORD = 'Correct-Horse-1';

export async function createPeople(endpoint: string): Promise<People> {
  const call = <T>(operation: string, input: object): Promise<T> =>
    awsCall<T>(endpoint, 'cognito-idp', `AWSCognitoIdentityProviderService.${operation}`, input);
  const pool = await call<{ UserPool: { Id: string } }>('CreateUserPool', {
    PoolName: 'skafu',
    UsernameAttributes: ['email'],
  });
  const userPoolId = pool.UserPool.Id;
  const client = await call<{ UserPoolClient: { ClientId: string } }>('CreateUserPoolClient', {
    UserPoolId: userPoolId,
    ClientName: 'web',
    ExplicitAuthFlows: [
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
      'ALLOW_USER_SRP_AUTH',
    ],
  });
  const clientId = client.UserPoolClient.ClientId;
  for (const GroupName of ['Admin', 'Developer']) {
    await call('CreateGroup', { UserPoolId: userPoolId, GroupName });
  }
  const person = async (email: string, group?: string): Promise<Tokens> => {
    await call('AdminCreateUser', {
      UserPoolId: userPoolId,
      Username: email,
      UserAttributes: [{ Name: 'email', Value: email }],
    });
    await call('AdminSetUserPassword', {
      UserPoolId: userPoolId,
      Username: email,
      Password: PASSWORD,
      Permanent: true,
    });
    if (group !== undefined) {
      await call('AdminAddUserToGroup', {
        UserPoolId: userPoolId,
        Username: email,
        GroupName: group,
      });
    }
    const { AuthenticationResult: result } = await call<{
      AuthenticationResult: { IdToken: string; AccessToken: string };
    }>('InitiateAuth', {
      ClientId: clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD },
    });
    return tokens(result.IdToken, result.AccessToken);
  };
  return {
    userPoolId,
    clientId,
    owner: await person('owner@skafu.dev'),
    second: await person('second@skafu.dev'),
    developer: await person('developer@skafu.dev', 'Developer'),
    admin: await person('admin@skafu.dev', 'Admin'),
  };
}

function tokens(id: string, access: string): Tokens {
  const claims = claimsOf(id);
  return {
    id,
    access,
    claims,
    owner: `${String(claims.sub)}::${String(claims['cognito:username'])}`,
  };
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}
