/** Checks tokens of the user pool: signature by JWKS, issuer, expiry, kind. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';

import { RequestError } from '../errors';
import { userPoolIdentity, type Identity } from './identity';

export class UserPoolVerifier {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;
  private readonly issuer: string;

  constructor(endpoint: string, region: string, userPoolId: string) {
    this.keys = createRemoteJWKSet(new URL(`${endpoint}/${userPoolId}/.well-known/jwks.json`));
    // The emulator serves the keys, and names AWS as the issuer.
    this.issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  }

  /** Takes ID and access tokens of any client of the pool, with or without `Bearer`. Throws RequestError 401. */
  async verify(authorization: string): Promise<Identity> {
    const claims = await this.claims(authorization.replace(/^Bearer\s+/i, ''));
    if (claims.token_use !== 'id' && claims.token_use !== 'access') {
      throw unauthorized('You are not authorized to make this call.');
    }
    return userPoolIdentity(claims);
  }

  private async claims(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer: this.issuer,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'sub'],
      });
      return payload;
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    return unauthorized('Token has expired.');
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return unauthorized('Unable to parse JWT token.');
  }
  // A key set that cannot be fetched is our trouble, not the caller's.
  if (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    error.code !== 'ERR_JOSE_GENERIC'
  ) {
    return unauthorized('You are not authorized to make this call.');
  }
  return error;
}

function unauthorized(message: string): RequestError {
  return new RequestError(401, 'UnauthorizedException', message);
}
