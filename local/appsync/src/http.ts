/** The HTTP side: GraphQL, health, faults, and the page at the root. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';

import type { About, Tell } from './activity';
import type { Authenticator } from './authorization/authenticate';
import { RequestError } from './errors';
import type { Answer, Execution, GraphQLRequest } from './execution';
import { FaultsError, parseFaults, type Faults } from './faults';
import type { Page } from './page/page';
import type { Hub } from './realtime/hub';
import type { SignIns } from './sign_ins';

export interface Routes {
  authenticator: Authenticator;
  execution: Execution;
  hub: Hub;
  faults: Faults;
  signIns: SignIns;
  page: Page;
  health: () => object;
  calls: () => object;
  tell: Tell;
  reportBug: (error: unknown) => void;
}

/** How functions call themselves (src/adapters/appsync/session.py). */
const FUNCTIONS = 'skafu';
export const MAX_REQUEST_BYTES = 1024 * 1024;

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers':
    '*, authorization, content-type, x-api-key, x-amz-date, x-amz-security-token, x-amz-user-agent',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-expose-headers':
    'x-amzn-RequestId, x-amzn-ErrorType, x-amz-user-agent, x-amzn-ErrorMessage, Date, x-amz-schema-version',
  'access-control-max-age': '172800',
};

interface Response {
  status: number;
  headers?: Record<string, string>;
  body: string | Buffer;
  /** Of a GraphQL request: what it was about. */
  about?: About;
}

export class HttpHandler {
  constructor(private readonly routes: Routes) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const { status, headers, body, about } = await this.answer(request);
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
    response.end(body);
    if (about) {
      this.routes.tell(status, (performance.now() - began) / 1000, about);
    }
  }

  private async answer(request: IncomingMessage): Promise<Response> {
    try {
      return await this.route(request);
    } catch (error) {
      const refused = error instanceof RequestError ? error : this.bug(error);
      const { errorType, message } = refused;
      const about = { fields: [], errors: [`${errorType}: ${message}`], byFunction: false };
      return { ...refusal(refused), ...(isGraphql(request) && { about }) };
    }
  }

  private bug(error: unknown): RequestError {
    this.routes.reportBug(error);
    return new RequestError(500, 'InternalFailure', 'Internal failure');
  }

  private async route(request: IncomingMessage): Promise<Response> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    switch (`${request.method} ${pathname}`) {
      case 'POST /graphql':
        return this.graphql(request);
      case 'OPTIONS /graphql':
        return { status: 200, headers: CORS, body: '' };
      case 'GET /health':
        return json(200, this.routes.health());
      case 'GET /_calls':
        return json(200, this.routes.calls());
      case 'GET /_users':
        return json(200, this.routes.signIns.list());
      case 'POST /_token':
        return this.signIn(request);
      case 'GET /_faults':
        return json(200, this.routes.faults.rates);
      case 'POST /_faults':
        return this.setFaults(request);
      default:
        return this.file(request.method, pathname);
    }
  }

  private async graphql(request: IncomingMessage): Promise<Response> {
    const { faults, authenticator, execution, hub } = this.routes;
    await faults.slowDown();
    if (faults.strikes('throttle')) {
      throw new RequestError(429, 'ThrottlingException', 'Rate exceeded');
    }
    const body = await readBody(request);
    const headers = headersOf(request);
    const identity = await authenticator.identify({
      method: 'POST',
      path: '/graphql',
      headers,
      body,
    });
    const { answer, mutated } = await execution.run(parseRequest(body), { identity, headers });
    mutated.forEach((one) => hub.publish(one));
    if (mutated.length > 0 && faults.strikes('ambiguous')) {
      throw new RequestError(500, 'InternalFailure', 'The answer was lost; the mutation was not.');
    }
    const byFunction = identity.mode === 'AWS_IAM' || headers['user-agent'] === FUNCTIONS;
    return { ...graphqlResponse(answer), about: { ...aboutAnswer(answer), byFunction } };
  }

  private async setFaults(request: IncomingMessage): Promise<Response> {
    try {
      this.routes.faults.set(parseFaults(await readOwnJson(request, 'Faults are')));
    } catch (error) {
      throw error instanceof FaultsError
        ? new RequestError(400, 'BadRequestException', error.message)
        : error;
    }
    return json(200, this.routes.faults.rates);
  }

  private async signIn(request: IncomingMessage): Promise<Response> {
    const asked = (await readOwnJson(request, 'The e-mail address is')) as {
      email?: unknown;
    } | null;
    return json(200, { token: await this.routes.signIns.token(asked?.email) });
  }

  private file(method: string | undefined, pathname: string): Response {
    const file = method === 'GET' ? this.routes.page.file(pathname) : undefined;
    if (file === undefined) {
      throw new RequestError(
        404,
        'NotFoundException',
        `${method ?? ''} ${pathname} is not served here.`,
      );
    }
    return { status: 200, headers: { 'content-type': file.type }, body: file.content };
  }
}

function isGraphql({ method, url }: IncomingMessage): boolean {
  return method === 'POST' && url?.split('?')[0] === '/graphql';
}

function aboutAnswer({ data, errors }: Answer): Pick<About, 'fields' | 'errors'> {
  const kinds = (errors ?? []).map(({ errorType, message }) =>
    typeof errorType === 'string' ? `${errorType}: ${message}` : message,
  );
  return { fields: Object.keys(data ?? {}), errors: kinds };
}

function json(status: number, value: object): Response {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify(value),
  };
}

function graphqlResponse(answer: Answer): Response {
  const { status, headers, body } = json(200, answer);
  return { status, headers: { ...headers, ...CORS, 'x-amzn-requestid': randomUUID() }, body };
}

function refusal(error: RequestError): Response {
  const { status, headers, body } = json(error.status, error.body);
  return {
    status,
    headers: {
      ...headers,
      ...CORS,
      'x-amzn-requestid': randomUUID(),
      'x-amzn-errortype': error.errorType,
    },
    body,
  };
}

/** A page of another origin cannot send this content type without asking first. */
async function readOwnJson(request: IncomingMessage, what: string): Promise<unknown> {
  if (request.headers['content-type']?.split(';')[0] !== 'application/json') {
    throw new RequestError(415, 'BadRequestException', `${what} sent as application/json.`);
  }
  return parseJson(await readBody(request));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) {
      throw new RequestError(
        413,
        'RequestEntityTooLargeException',
        `A request has at most ${MAX_REQUEST_BYTES} bytes.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
}

/** Throws RequestError 400. */
function parseRequest(body: Buffer): GraphQLRequest {
  const request = parseJson(body) as Partial<GraphQLRequest> | null;
  if (typeof request?.query !== 'string') {
    throw malformed('Request body needs a query.');
  }
  if (typeof (request.variables ?? {}) !== 'object' || Array.isArray(request.variables)) {
    throw malformed('variables are an object.');
  }
  return {
    query: request.query,
    variables: request.variables ?? undefined,
    operationName: request.operationName ?? undefined,
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw malformed('Request body is not JSON.');
  }
}

function malformed(message: string): RequestError {
  return new RequestError(400, 'MalformedHttpRequestException', message);
}
