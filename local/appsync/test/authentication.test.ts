/** Who is let in at all: tokens, signatures, keys. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';

import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';

import { SignatureVerifier, type SignedRequest } from '../src/authorization/signature';
import { UserPoolVerifier } from '../src/authorization/user_pool';
import type { RequestError } from '../src/errors';
import { authorization, post, type Credential } from './support/clients';
import { awsCall } from './support/ministack';
import { ACCESS_KEY, API_KEY, startStack, user, type Stack } from './support/stack';

const QUERY = '{ __typename }';
const BODY = JSON.stringify({ query: QUERY });

describe('over HTTP', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack.stop());

  const statusOf = async (
    credential: Credential,
  ): Promise<[number, string | undefined, string | undefined]> => {
    const { status, errors } = await stack.as(credential).call(QUERY);
    return [status, errors[0]?.errorType, errors[0]?.message];
  };

  test('ID and access tokens of the pool are let in, with and without Bearer', async () => {
    const { id, access } = stack.people.owner;
    for (const token of [id, access, `Bearer ${id}`, `bearer ${access}`]) {
      assert.equal((await statusOf(user(token)))[0], 200);
    }
  });

  test('nobody is 401', async () => {
    assert.deepEqual(await statusOf({ kind: 'none' }), [
      401,
      'UnauthorizedException',
      'Valid authorization header not provided.',
    ]);
  });

  test('text that is no token is 401', async () => {
    assert.deepEqual(await statusOf(user('hello')), [
      401,
      'UnauthorizedException',
      'Unable to parse JWT token.',
    ]);
  });

  test('a token with other claims under the same signature is 401', async () => {
    const [head, claims, signature] = stack.people.second.id.split('.') as [string, string, string];
    const forged = {
      ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object),
      'cognito:groups': ['Admin'],
    };
    const token = `${head}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
    assert.deepEqual((await statusOf(user(token))).slice(0, 2), [401, 'UnauthorizedException']);
  });

  test('an expired token of the pool itself is 401', async () => {
    const { endpoint } = stack.emulator;
    const call = <T>(operation: string, input: object): Promise<T> =>
      awsCall<T>(endpoint, 'cognito-idp', `AWSCognitoIdentityProviderService.${operation}`, input);
    const { UserPoolClient } = await call<{ UserPoolClient: { ClientId: string } }>(
      'CreateUserPoolClient',
      {
        UserPoolId: stack.people.userPoolId,
        ClientName: 'brief',
        ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        IdTokenValidity: 1,
        TokenValidityUnits: { IdToken: 'seconds' },
      },
    );
    const { AuthenticationResult } = await call<{ AuthenticationResult: { IdToken: string } }>(
      'InitiateAuth',
      {
        ClientId: UserPoolClient.ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'owner@skafu.dev', PASSWORD: 'Correct-Horse-1' },
      },
    );
    await new Promise((resolve) => setTimeout(resolve, 2100));
    assert.deepEqual(await statusOf(user(AuthenticationResult.IdToken)), [
      401,
      'UnauthorizedException',
      'Token has expired.',
    ]);
  });

  test('the API key is let in, another is 401', async () => {
    assert.equal((await statusOf({ kind: 'apiKey', apiKey: API_KEY }))[0], 200);
    const refused = await statusOf({ kind: 'apiKey', apiKey: 'da2-guess' });
    assert.deepEqual(refused, [
      401,
      'UnauthorizedException',
      'You are not authorized to make this call.',
    ]);
  });

  test('a signed request is let in', async () => {
    assert.equal((await statusOf(ACCESS_KEY))[0], 200);
  });

  test('an unknown access key is 403', async () => {
    const stranger: Credential = {
      kind: 'iam',
      accessKeyId: 'AKIASTRANGER',
      secret: ACCESS_KEY.secret,
    };
    assert.deepEqual((await statusOf(stranger)).slice(0, 2), [403, 'UnrecognizedClientException']);
  });

  test('a signature with another secret is 403', async () => {
    const guess: Credential = { ...ACCESS_KEY, secret: 'guess' };
    assert.deepEqual((await statusOf(guess)).slice(0, 2), [403, 'InvalidSignatureException']);
  });

  test('a signature of another body is 403', async () => {
    const { host, ...headers } = await authorization(
      ACCESS_KEY,
      `127.0.0.1:${stack.port}`,
      '/graphql',
      BODY,
    );
    const { status, errors } = await post(stack.port, `${BODY} `, headers);
    assert.deepEqual([status, errors[0]?.errorType], [403, 'InvalidSignatureException']);
  });
});

describe('a signature', () => {
  /** Signed by botocore 1.43 for this key, time and body. */
  const BOTOCORE = {
    key: ['AKIASKAFULOCAL', 'local-secret'] as const,
    signedAt: Date.UTC(2026, 10, 21, 5, 0, 0),
    request: {
      method: 'POST',
      path: '/graphql',
      body: '{"query": "{ __typename }"}',
      headers: {
        host: '127.0.0.1:20002',
        'content-type': 'application/json',
        'x-amz-date': '20261121T050000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIASKAFULOCAL/20261121/us-east-1/appsync/aws4_request, ' +
          'SignedHeaders=content-type;host;x-amz-date, Signature=ad221f591e01c56c84905794e1822f55e1fcaf312b6e53b8b05b290ae9b64c1f',
      },
    },
  };

  const verify = (
    changes: Partial<SignedRequest['headers']> = {},
    now = BOTOCORE.signedAt,
  ): Promise<unknown> => {
    const headers = { ...BOTOCORE.request.headers, ...changes } as Record<string, string>;
    return new SignatureVerifier(new Map([BOTOCORE.key]), 'us-east-1', () => now).verify({
      ...BOTOCORE.request,
      headers,
    });
  };
  const refused = (errorType: string) => (error: RequestError) =>
    error.status === 403 && error.errorType === errorType;

  test('by botocore is taken', async () => {
    await verify();
  });

  test('holds for five minutes either way', async () => {
    await verify({}, BOTOCORE.signedAt + 299_000);
    await verify({}, BOTOCORE.signedAt - 299_000);
    await assert.rejects(
      verify({}, BOTOCORE.signedAt + 301_000),
      refused('InvalidSignatureException'),
    );
    await assert.rejects(
      verify({}, BOTOCORE.signedAt - 301_000),
      refused('InvalidSignatureException'),
    );
  });

  test('covers each signed header', async () => {
    await assert.rejects(verify({ host: 'example.org' }), refused('InvalidSignatureException'));
    await assert.rejects(
      verify({ 'content-type': 'text/plain' }),
      refused('InvalidSignatureException'),
    );
  });

  test('does not cover headers that were not signed', async () => {
    await verify({ 'x-forwarded-for': '10.0.0.1' });
  });

  test('that leaves the host out is refused, right as it is', async () => {
    const signer = new SignatureV4({
      credentials: { accessKeyId: 'AKIASKAFULOCAL', secretAccessKey: 'local-secret' },
      region: 'us-east-1',
      service: 'appsync',
      sha256: Sha256,
    });
    const { method, path, body } = BOTOCORE.request;
    const { headers } = await signer.sign(new HttpRequest({ method, path, body, headers: {} }), {
      signingDate: new Date(BOTOCORE.signedAt),
    });
    await assert.rejects(verify({ ...headers }), { message: "'Host' must be a signed header." });
  });

  const authorizationHeader = BOTOCORE.request.headers.authorization;
  const malformed: [string, Partial<SignedRequest['headers']>, string][] = [
    [
      'of another region',
      { authorization: authorizationHeader.replace('us-east-1', 'eu-west-1') },
      'InvalidSignatureException',
    ],
    [
      'of another service',
      { authorization: authorizationHeader.replace('/appsync/', '/execute-api/') },
      'InvalidSignatureException',
    ],
    [
      'with a false hash of the body',
      { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      'InvalidSignatureException',
    ],
    ['without a date', { 'x-amz-date': '' }, 'IncompleteSignatureException'],
    [
      'of another day than its credential',
      { 'x-amz-date': '20261122T050000Z' },
      'IncompleteSignatureException',
    ],
    [
      'cut short',
      { authorization: authorizationHeader.slice(0, -3) },
      'IncompleteSignatureException',
    ],
    ['of no kind', { authorization: 'AWS4-HMAC-SHA256 nonsense' }, 'IncompleteSignatureException'],
  ];
  for (const [what, headers, errorType] of malformed) {
    test(`${what} is refused`, () => assert.rejects(verify(headers), refused(errorType)));
  }
});

describe('a token of the pool', () => {
  const REGION = 'us-east-1';
  const POOL = 'us-east-1_Test';
  const ISSUER = `https://cognito-idp.${REGION}.amazonaws.com/${POOL}`;

  let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
  let server: Server;
  let verifier: UserPoolVerifier;

  before(async () => {
    keys = await generateKeyPair('RS256', { extractable: true });
    const jwks = {
      keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'ours', alg: 'RS256', use: 'sig' }],
    };
    server = createServer((request, response) => {
      const found = request.url === `/${POOL}/.well-known/jwks.json`;
      response.writeHead(found ? 200 : 404).end(JSON.stringify(found ? jwks : {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    verifier = new UserPoolVerifier(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      REGION,
      POOL,
    );
  });
  after(() => server.close());

  const token = (
    claims: object = {},
    key: CryptoKey | Uint8Array = keys.privateKey,
    header = { alg: 'RS256', kid: 'ours' },
  ): Promise<string> =>
    new SignJWT({
      sub: 's',
      iss: ISSUER,
      token_use: 'id',
      exp: Math.floor(Date.now() / 1000) + 60,
      ...claims,
    })
      .setProtectedHeader(header)
      .sign(key);

  test('is taken, with its groups', async () => {
    const identity = await verifier.verify(await token({ 'cognito:groups': ['Admin'] }));
    assert.deepEqual(identity.groups, ['Admin']);
  });

  const refused = (message?: string) => (error: RequestError) =>
    error.status === 401 && (message === undefined || error.message === message);

  test('that has expired is refused', async () => {
    await assert.rejects(
      verifier.verify(await token({ exp: Math.floor(Date.now() / 1000) - 1 })),
      refused('Token has expired.'),
    );
  });

  test('without an end is refused', async () => {
    await assert.rejects(verifier.verify(await token({ exp: undefined })), refused());
  });

  test('of another pool is refused', async () => {
    await assert.rejects(verifier.verify(await token({ iss: `${ISSUER}2` })), refused());
  });

  test('of another use is refused', async () => {
    await assert.rejects(verifier.verify(await token({ token_use: 'refresh' })), refused());
  });

  test('signed by another key under our key id is refused', async () => {
    const stranger = await generateKeyPair('RS256');
    await assert.rejects(verifier.verify(await token({}, stranger.privateKey)), refused());
  });

  test('under an unknown key id is refused', async () => {
    await assert.rejects(
      verifier.verify(await token({}, keys.privateKey, { alg: 'RS256', kid: 'theirs' })),
      refused(),
    );
  });

  test('without a signature is refused', async () => {
    const unsigned = new UnsecuredJWT({ sub: 's', iss: ISSUER, token_use: 'id' })
      .setExpirationTime('1m')
      .encode();
    await assert.rejects(verifier.verify(unsigned), refused());
  });

  test('signed with the public key as if it were a password is refused', async () => {
    const publicKey = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
    await assert.rejects(
      verifier.verify(await token({}, publicKey, { alg: 'HS256', kid: 'ours' })),
      refused(),
    );
  });

  test('is our trouble, not the caller’s, when the keys cannot be had', async () => {
    const nowhere = new UserPoolVerifier(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/nowhere`,
      REGION,
      POOL,
    );
    await assert.rejects(
      nowhere.verify(await token()),
      (error: RequestError) => error.status === undefined,
    );
  });
});
