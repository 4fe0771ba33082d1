/** Callers of the API: over HTTP with any credential, and over AppSync's WebSocket dialect. */
import { once } from 'node:events';

import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { WebSocket } from 'ws';

export type Credential =
  | { kind: 'none' }
  | { kind: 'token'; token: string }
  | { kind: 'apiKey'; apiKey: string }
  | { kind: 'iam'; accessKeyId: string; secret: string };

export interface GraphQLError {
  message: string;
  errorType?: string;
  path?: (string | number)[] | null;
  locations?: { line: number; column: number; sourceName: null }[];
  data?: unknown;
  errorInfo?: unknown;
}

/** A row of any model or a page of rows, as far as the tests look into it. */
export interface Answered {
  [field: string]: unknown;
  items: Answered[];
  services: Answered;
}

type Model = 'Project' | 'Service' | 'ServiceCheckpoint' | 'Metric';
type Field =
  | `${'get' | 'create' | 'update' | 'delete' | 'onCreate'}${Model}`
  | 'listProjects'
  | 'projectsByUser'
  | 'projectsByShelf'
  | 'servicesByProject'
  | 'listMetricsByName'
  | 'listMetricsBySource'
  | 'projects'
  // the tests' own aliases
  | 'list'
  | 'found';

/** The data of a reply, by the field or alias asked for. */
export interface Answers extends Record<Field, Answered> {
  project: Answered | null;
  projectAnalytics: Answered | null;
  __schema: { queryType: { name: string }; types: { name: string; kind: string }[] };
  __type: { fields: { name: string }[] };
}

export interface Reply {
  status: number;
  data: Answers | null;
  errors: GraphQLError[];
}

/** Headers that prove who calls, for a body sent to a path. */
export async function authorization(
  credential: Credential,
  host: string,
  path: string,
  body: string,
): Promise<Record<string, string>> {
  switch (credential.kind) {
    case 'none':
      return {};
    case 'token':
      return { authorization: credential.token };
    case 'apiKey':
      return { 'x-api-key': credential.apiKey };
    case 'iam':
      return signature(credential, host, path, body);
  }
}

async function signature(
  { accessKeyId, secret }: Credential & { kind: 'iam' },
  host: string,
  path: string,
  body: string,
): Promise<Record<string, string>> {
  const credentials = { accessKeyId, secretAccessKey: secret };
  const signer = new SignatureV4({
    credentials,
    region: 'us-east-1',
    service: 'appsync',
    sha256: Sha256,
  });
  const headers = { host, 'content-type': 'application/json' };
  return (await signer.sign(new HttpRequest({ method: 'POST', path, headers, body }))).headers;
}

export class Caller {
  constructor(
    private readonly port: number,
    private readonly credential: Credential,
  ) {}

  async call(query: string, variables: object = {}): Promise<Reply> {
    const body = JSON.stringify({ query, variables });
    const { host, ...headers } = await authorization(
      this.credential,
      `127.0.0.1:${this.port}`,
      '/graphql',
      body,
    );
    return post(this.port, body, headers);
  }

  /** The data; throws when there are errors. */
  async data(query: string, variables: object = {}): Promise<Answers> {
    const { data, errors } = await this.call(query, variables);
    if (data === null || errors.length > 0) {
      throw new Error(JSON.stringify(errors));
    }
    return data;
  }
}

export async function post(
  port: number,
  body: string,
  headers: Record<string, string>,
): Promise<Reply> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const { data = null, errors = [] } = (await response.json()) as Partial<Reply>;
  return { status: response.status, data, errors };
}

/** What a message carries: the frame of `data`, or the errors of a refusal. */
export interface Payload {
  [field: string]: unknown;
  data?: unknown;
  errors?: (GraphQLError & { errorCode?: number })[];
}

export interface Message {
  id?: string;
  type: string;
  payload?: Payload;
}

export interface Frame {
  data: Answers;
  errors?: GraphQLError[];
}

type HeaderPlace = 'query' | 'subprotocol';

const PATIENCE_MS = 30_000;

export class Realtime {
  readonly messages: Message[] = [];
  private nextId = 1;

  private constructor(
    readonly socket: WebSocket,
    private readonly host: string,
    private readonly credential: Credential,
  ) {
    socket.on('message', (text: Buffer) =>
      this.messages.push(JSON.parse(text.toString()) as Message),
    );
  }

  /** Resolves once the connection is acknowledged; throws with the server's errors when it is not. */
  static async connect(
    port: number,
    credential: Credential,
    place: HeaderPlace = 'subprotocol',
  ): Promise<Realtime> {
    const realtime = await Realtime.open(port, credential, place);
    realtime.send({ type: 'connection_init' });
    const answer = await realtime.next((message) => message.type.startsWith('connection_'));
    if (answer.type !== 'connection_ack') {
      throw new Error(JSON.stringify(answer.payload));
    }
    return realtime;
  }

  static async open(
    port: number,
    credential: Credential,
    place: HeaderPlace = 'subprotocol',
  ): Promise<Realtime> {
    const host = `127.0.0.1:${port}`;
    const header = JSON.stringify({
      host,
      ...(await authorization(credential, host, '/graphql/connect', '{}')),
    });
    const socket =
      place === 'query'
        ? new WebSocket(
            `ws://${host}/graphql/realtime?header=${encodeURIComponent(Buffer.from(header).toString('base64'))}&payload=e30=`,
            'graphql-ws',
          )
        : new WebSocket(`ws://${host}/graphql/realtime`, [
            'graphql-ws',
            `header-${Buffer.from(header).toString('base64url')}`,
          ]);
    const realtime = new Realtime(socket, host, credential);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return realtime;
  }

  send(message: Message): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends `start` and returns the answer to it. */
  async start(
    query: string,
    variables: object = {},
    credential = this.credential,
  ): Promise<Message & { id: string }> {
    const id = `s${this.nextId++}`;
    const data = JSON.stringify({ query, variables });
    const headers = {
      host: this.host,
      ...(await authorization(credential, this.host, '/graphql', data)),
    };
    this.send({ id, type: 'start', payload: { data, extensions: { authorization: headers } } });
    const answer = await this.next((message) => message.id === id && message.type !== 'data');
    return { ...answer, id };
  }

  /** Starts and expects to be let in. */
  async subscribe(query: string, variables: object = {}): Promise<string> {
    const { id, type, payload } = await this.start(query, variables);
    if (type !== 'start_ack') {
      throw new Error(JSON.stringify(payload));
    }
    return id;
  }

  frames(id?: string): Frame[] {
    return this.messages
      .filter((message) => message.type === 'data' && (id === undefined || message.id === id))
      .map(({ payload }) => payload as unknown as Frame);
  }

  /** The first message that matches, of those received or still to come. */
  next(matches: (message: Message) => boolean): Promise<Message> {
    return this.until(() => this.messages.find(matches));
  }

  framesUntil(count: number, id?: string): Promise<Frame[]> {
    return this.until(() => {
      const frames = this.frames(id);
      return frames.length >= count ? frames : undefined;
    });
  }

  /** What `look` finds among the messages, now or when one more has come. */
  private async until<T>(look: () => T | undefined): Promise<T> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const found = look();
      if (found !== undefined) {
        return found;
      }
      await once(this.socket, 'message', { signal }).catch(() => {
        throw new Error(`not within ${PATIENCE_MS} ms; received ${JSON.stringify(this.messages)}`);
      });
    }
  }

  close(): void {
    this.socket.terminate();
  }
}
