/** One WebSocket connection in AppSync's `graphql-ws` dialect. */
import type { WebSocket } from 'ws';

import type { Authenticator } from '../authorization/authenticate';
import { RequestError } from '../errors';
import { SubscriptionRefused, type Execution, type GraphQLRequest } from '../execution';
import type { Hub, Subscriber } from './hub';

/** Source: AppSync Developer Guide, "Building a real-time WebSocket client", and the quotas page. */
const CONNECTION_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_MS = 60_000;
const MAX_SUBSCRIPTIONS = 100;

export interface Realtime {
  authenticator: Authenticator;
  execution: Execution;
  hub: Hub;
  reportBug: (error: unknown) => void;
}

interface Message {
  type?: unknown;
  id?: unknown;
  payload?: { data?: unknown; extensions?: { authorization?: Record<string, unknown> } };
}

interface ReportedError {
  errorType: string;
  message: string;
  errorCode?: number;
}

export class Connection {
  private readonly subscribers = new Map<string, Subscriber>();
  private keepAlive: NodeJS.Timeout | undefined;
  private readonly admitted: Promise<boolean>;
  /** Messages are handled one after the other: a stop never overtakes its start. */
  private handled: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    headers: Record<string, string>,
    private readonly realtime: Realtime,
  ) {
    this.admitted = this.admit(headers);
    // A message is one Buffer, unless `binaryType` says otherwise.
    socket.on('message', (message: Buffer) => {
      this.handled = this.handled.then(() => this.receive(message.toString()));
    });
    socket.on('close', () => this.close());
    socket.on('error', () => this.close());
  }

  /** The connection itself is authorized as a request to `/graphql/connect` with an empty object. */
  private async admit(headers: Record<string, string>): Promise<boolean> {
    try {
      await this.realtime.authenticator.identify({
        method: 'POST',
        path: '/graphql/connect',
        headers,
        body: '{}',
      });
      return true;
    } catch (error) {
      this.send({ type: 'connection_error', payload: { errors: [this.reported(error)] } });
      this.socket.close();
      return false;
    }
  }

  private async receive(text: string): Promise<void> {
    const message = parse(text);
    if (!(await this.admitted)) {
      return;
    }
    switch (message.type) {
      case 'connection_init':
        return this.acknowledge();
      case 'start':
        return this.start(message);
      case 'stop':
        return this.stop(String(message.id));
      default:
        return this.refuse(message.id, unsupported(message.type));
    }
  }

  private acknowledge(): void {
    this.send({ type: 'connection_ack', payload: { connectionTimeoutMs: CONNECTION_TIMEOUT_MS } });
    this.send({ type: 'ka' });
    clearInterval(this.keepAlive);
    this.keepAlive = setInterval(() => this.send({ type: 'ka' }), KEEP_ALIVE_MS).unref();
  }

  private async start(message: Message): Promise<void> {
    try {
      await this.subscribe(this.freeId(message.id), message);
    } catch (error) {
      this.refuse(message.id, this.startErrors(error));
    }
  }

  private freeId(id: unknown): string {
    if (typeof id !== 'string' || id === '') {
      throw new RequestError(400, 'BadRequestException', 'A subscription needs an id.');
    }
    if (this.subscribers.has(id)) {
      throw new RequestError(400, 'DuplicatedOperationError', `Subscription ${id} is in use.`);
    }
    if (this.subscribers.size >= MAX_SUBSCRIPTIONS) {
      throw new RequestError(
        400,
        'MaxSubscriptionsReachedError',
        `Max number of ${MAX_SUBSCRIPTIONS} subscriptions reached`,
      );
    }
    return id;
  }

  private async subscribe(id: string, { payload }: Message): Promise<void> {
    const body = typeof payload?.data === 'string' ? payload.data : '';
    const headers = lowerCased(payload?.extensions?.authorization ?? {});
    const identity = await this.realtime.authenticator.identify({
      method: 'POST',
      path: '/graphql',
      headers,
      body,
    });
    const registration = await this.realtime.execution.register(parseRequest(body), {
      identity,
      headers,
    });
    if (this.socket.readyState !== this.socket.OPEN) {
      return;
    }
    const subscriber = {
      registration,
      send: (frame: object) => this.send({ id, type: 'data', payload: frame }),
    };
    this.subscribers.set(id, subscriber);
    this.realtime.hub.add(subscriber);
    this.send({ id, type: 'start_ack' });
  }

  private stop(id: string): void {
    const subscriber = this.subscribers.get(id);
    if (subscriber === undefined) {
      return this.refuse(id, [
        { errorType: 'UnknownOperationError', message: `Unknown operation id ${id}` },
      ]);
    }
    this.realtime.hub.remove(subscriber);
    this.subscribers.delete(id);
    this.send({ id, type: 'complete' });
  }

  private close(): void {
    clearInterval(this.keepAlive);
    this.subscribers.forEach((subscriber) => this.realtime.hub.remove(subscriber));
    this.subscribers.clear();
  }

  private refuse(id: unknown, errors: unknown[]): void {
    this.send({ ...(typeof id === 'string' && { id }), type: 'error', payload: { errors } });
  }

  private startErrors(error: unknown): unknown[] {
    return error instanceof SubscriptionRefused ? error.errors : [this.reported(error)];
  }

  private reported(error: unknown): ReportedError {
    if (error instanceof RequestError) {
      return { errorType: error.errorType, message: error.message, errorCode: error.status };
    }
    this.realtime.reportBug(error);
    return { errorType: 'InternalFailure', message: 'Internal failure', errorCode: 500 };
  }

  private send(message: object): void {
    if (this.socket.readyState === this.socket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }
}

function unsupported(type: unknown): ReportedError[] {
  return [
    {
      errorType: 'UnsupportedOperation',
      message: `${String(type)} not supported through the realtime channel`,
    },
  ];
}

function parse(text: string): Message {
  try {
    return (JSON.parse(text) ?? {}) as Message;
  } catch {
    return {};
  }
}

/** Throws RequestError 400. */
function parseRequest(body: string): GraphQLRequest {
  const request = parse(body) as Partial<GraphQLRequest>;
  if (typeof request.query !== 'string') {
    throw new RequestError(400, 'BadRequestException', 'payload.data is JSON text with a query.');
  }
  return {
    query: request.query,
    variables: request.variables,
    operationName: request.operationName,
  };
}

export function lowerCased(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
