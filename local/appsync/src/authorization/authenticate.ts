/** Finds out who calls: by signature, API key or token, whichever the headers carry. */
import { createHash, timingSafeEqual } from 'node:crypto';

import { RequestError } from '../errors';
import { API_KEY_IDENTITY, type Identity } from './identity';
import { isSigned, type SignatureVerifier, type SignedRequest } from './signature';
import type { UserPoolVerifier } from './user_pool';

export class Authenticator {
  constructor(
    private readonly apiKey: string,
    private readonly signatures: SignatureVerifier,
    private readonly userPool: UserPoolVerifier,
  ) {}

  /** Throws RequestError. */
  async identify(request: SignedRequest): Promise<Identity> {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    if (isSigned(request.headers)) {
      return this.signatures.verify(request);
    }
    if (apiKey !== undefined) {
      return this.checkApiKey(apiKey);
    }
    if (authorization === undefined || authorization === '') {
      throw new RequestError(
        401,
        'UnauthorizedException',
        'Valid authorization header not provided.',
      );
    }
    return this.userPool.verify(authorization);
  }

  private checkApiKey(apiKey: string): Identity {
    if (!timingSafeEqual(digest(apiKey), digest(this.apiKey))) {
      throw new RequestError(
        401,
        'UnauthorizedException',
        'You are not authorized to make this call.',
      );
    }
    return API_KEY_IDENTITY;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
