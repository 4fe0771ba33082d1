/** Checks AWS Signature Version 4 by signing the request again. */
import { createHash, timingSafeEqual } from 'node:crypto';

import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

import { RequestError } from '../errors';
import { iamIdentity, type Identity } from './identity';

export interface SignedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

interface Authorization {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const FORMAT = new RegExp(
  `^${ALGORITHM} Credential=([^/]+)/(\\d{8})/([^/]+)/([^/]+)/aws4_request,\\s*SignedHeaders=([^,]+),\\s*Signature=([0-9a-f]{64})$`,
);
const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** AWS refuses signatures older or newer than this. */
const MAX_SKEW_MS = 5 * 60_000;

export function isSigned(headers: Record<string, string>): boolean {
  return headers.authorization?.startsWith(ALGORITHM) ?? false;
}

export class SignatureVerifier {
  constructor(
    private readonly accessKeys: Map<string, string>,
    private readonly region: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Throws RequestError 403, as AWS words it. */
  async verify(request: SignedRequest): Promise<Identity> {
    const authorization = parse(request.headers.authorization ?? '');
    const secret = this.secretOf(authorization.accessKeyId);
    this.checkScope(authorization);
    const signedAt = this.checkDate(authorization, request.headers['x-amz-date']);
    checkPayloadHash(request);
    const expected = await sign(request, authorization, secret, signedAt);
    if (!sameText(expected, authorization.signature)) {
      throw refusal(
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided.',
      );
    }
    return iamIdentity(authorization.accessKeyId);
  }

  private secretOf(accessKeyId: string): string {
    const secret = this.accessKeys.get(accessKeyId);
    if (secret === undefined) {
      throw refusal(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    return secret;
  }

  private checkScope({ region, service, signedHeaders }: Authorization): void {
    if (region !== this.region || service !== 'appsync') {
      const scope = `${this.region}/appsync`;
      throw refusal(
        'InvalidSignatureException',
        `Credential should be scoped to ${scope}, not ${region}/${service}.`,
      );
    }
    if (!signedHeaders.includes('host')) {
      throw refusal('InvalidSignatureException', "'Host' must be a signed header.");
    }
  }

  private checkDate({ date }: Authorization, amzDate = ''): Date {
    const parts = AMZ_DATE.exec(amzDate)?.slice(1).map(Number);
    if (parts === undefined || !amzDate.startsWith(date)) {
      throw refusal(
        'IncompleteSignatureException',
        'X-Amz-Date is missing, malformed or of another day than the credential.',
      );
    }
    const [year, month, day, hour, minute, second] = parts as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const signedAt = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
    if (Math.abs(this.now() - signedAt.getTime()) > MAX_SKEW_MS) {
      throw refusal(
        'InvalidSignatureException',
        `Signature expired: ${amzDate} is more than five minutes from now.`,
      );
    }
    return signedAt;
  }
}

function parse(header: string): Authorization {
  const [, accessKeyId, date, region, service, signedHeaders, signature] =
    FORMAT.exec(header) ?? [];
  if (accessKeyId === undefined) {
    throw refusal(
      'IncompleteSignatureException',
      'Authorization needs Credential, SignedHeaders and Signature.',
    );
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: signedHeaders?.split(';'),
    signature,
  } as Authorization;
}

/** The signer takes this header at its word, so it is checked against the body first. */
function checkPayloadHash({ headers, body }: SignedRequest): void {
  const claimed = headers['x-amz-content-sha256'];
  if (claimed !== undefined && claimed !== createHash('sha256').update(body).digest('hex')) {
    throw refusal('InvalidSignatureException', 'X-Amz-Content-Sha256 is not the hash of the body.');
  }
}

async function sign(
  request: SignedRequest,
  authorization: Authorization,
  secret: string,
  signingDate: Date,
): Promise<string> {
  const { accessKeyId, region, service, signedHeaders } = authorization;
  const headers = Object.fromEntries(
    signedHeaders.map((name) => [name, request.headers[name] ?? '']),
  );
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey: secret },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { method, path, body } = request;
  const signed = await signer.sign(new HttpRequest({ method, path, headers, body }), {
    signingDate,
    signableHeaders: new Set(signedHeaders),
  });
  return signed.headers.authorization?.split('Signature=')[1] ?? '';
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

function refusal(errorType: string, message: string): RequestError {
  return new RequestError(403, errorType, message);
}
