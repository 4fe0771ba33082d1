/** The people of a local stack, and tokens for them: the page at the root offers them. */
import { RequestError } from './errors';

export interface User {
  email: string;
  password: string;
  groups: string[];
}

export class SignIns {
  constructor(
    private readonly endpoint: string,
    private readonly clientId: string,
    private readonly users: readonly User[],
  ) {}

  /** Without their passwords. */
  list(): Pick<User, 'email' | 'groups'>[] {
    return this.users.map(({ email, groups }) => ({ email, groups }));
  }

  /** An ID token. Throws RequestError for somebody who is not of the local stack. */
  async token(email: unknown): Promise<string> {
    const user = this.users.find((one) => one.email === email);
    if (user === undefined) {
      throw new RequestError(404, 'NotFoundException', 'There is no such user in the local stack.');
    }
    const answer = await this.initiateAuth(user);
    const { AuthenticationResult: result } = (await answer.json()) as {
      AuthenticationResult?: { IdToken: string };
    };
    if (result === undefined) {
      throw new RequestError(502, 'BadGatewayException', 'The user pool did not sign them in.');
    }
    return result.IdToken;
  }

  private initiateAuth({ email, password }: User): Promise<Response> {
    return fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      },
      body: JSON.stringify({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: this.clientId,
        AuthParameters: { USERNAME: email, PASSWORD: password },
      }),
    });
  }
}
