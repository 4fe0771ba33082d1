import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './openapi';
import { ApiUnreachable, CommandRefused, NotSignedIn, readProblem, requestIdOf } from './problem';
import { type Retry, type RetryOptions, retryAfter, retryingFetch } from './retry';

type Body<Operation> = Operation extends {
  requestBody?: { content: { 'application/json': infer Data } };
}
  ? Data
  : never;

export type CreateProject = Body<paths['/projects']['post']>;
export type ChangeProject = Body<paths['/projects/{id}']['patch']>;
export type AddService = Body<paths['/projects/{id}/services']['post']>;
export type ChangeService = Body<paths['/projects/{id}/services/{serviceId}']['patch']>;
export type Configuration = Body<paths['/projects/{id}/configuration']['put']>;
export type RequestAnalysis = Body<paths['/analyses']['post']>;
export type StartProvisioning = Body<paths['/projects/{id}/provisioning']['post']>;
export type DraftTemplate = Body<paths['/templates']['post']>;
export type ReviseTemplate = Body<paths['/templates/{id}']['patch']>;
/** A link to an archive, and what is there. */
export type Archive =
  paths['/projects/{id}/repository/download']['get']['responses'][200]['content']['application/json']['data'];
export type ServiceType = AddService['serviceType'];
export type Accepted = paths['/projects']['post']['responses'][202]['content']['application/json'];

/** The commands that take nothing but the aggregate that they are for, by their names in the API. */
export type PlainCommand = {
  [Path in keyof paths]: Path extends `/commands/${infer Name}` ? Plain<Path, Name> : never;
}[keyof paths];

type Plain<Path extends keyof paths, Name> =
  PlainEnvelope extends Body<paths[Path]['post']> ? Name : never;
type PlainEnvelope = { commandId: string; aggregateId: string; data: Record<string, never> };

/** `key` is the command's id: the same key is the same command, however often it is sent. */
export interface Sending {
  readonly key: string;
  readonly onRetry?: (retry: Retry) => void;
  /** Nobody waits for it any more once it is aborted: it is not sent again. */
  readonly signal?: AbortSignal;
}

/** What a change was made on, and what becomes of it when others have changed something since. */
export interface Base {
  readonly version: number;
  /**
   * `merge`: combined with it, unless it touches the same (409). `reject`: refused (412).
   * `last-write-wins`: put over it.
   */
  readonly onConflict: OnConflict;
}

export type OnConflict = 'merge' | 'reject' | 'last-write-wins';

/** Every command rejects with CommandRefused or ApiUnreachable, and with nothing else. */
export interface Commands {
  readonly createProject: (data: CreateProject, sending: Sending) => Promise<Accepted>;
  readonly changeProject: (
    id: string,
    data: ChangeProject,
    base: Base,
    sending: Sending,
  ) => Promise<Accepted>;
  /** Replaces the whole configuration. */
  readonly configureProject: (
    id: string,
    data: Configuration,
    base: Base,
    sending: Sending,
  ) => Promise<Accepted>;
  readonly requestAnalysis: (data: RequestAnalysis, sending: Sending) => Promise<Accepted>;
  readonly addService: (id: string, data: AddService, sending: Sending) => Promise<Accepted>;
  readonly changeService: (
    at: ServicePlace,
    data: ChangeService,
    base: Base,
    sending: Sending,
  ) => Promise<Accepted>;
  readonly removeService: (at: ServicePlace, sending: Sending) => Promise<Accepted>;
  /** A template that is left out is as before, and so are values left out for the same template. */
  readonly startProvisioning: (
    projectId: string,
    data: StartProvisioning,
    sending: Sending,
  ) => Promise<Accepted>;
  readonly draftTemplate: (data: DraftTemplate, sending: Sending) => Promise<Accepted>;
  /** Combined with what others changed since `version`; refused (409) when they changed the same. */
  readonly reviseTemplate: (
    id: string,
    data: ReviseTemplate,
    version: number,
    sending: Sending,
  ) => Promise<Accepted>;
  readonly deprecateTemplate: (id: string, reason: string, sending: Sending) => Promise<Accepted>;
  /** A link to the archive with the project's code, for this person alone and for a minute. */
  readonly archiveOf: (projectId: string) => Promise<Archive>;
  readonly send: (command: PlainCommand, id: string, sending: Sending) => Promise<Accepted>;
}

/** A service and the project that it belongs to. */
export interface ServicePlace {
  readonly projectId: string;
  readonly serviceId: string;
}

type Waiting = Pick<RetryOptions, 'onRetry' | 'signal'>;

export interface CommandApi {
  readonly baseUrl: string;
  readonly token: (options: { readonly refresh: boolean }) => Promise<string>;
  readonly retrying: Omit<RetryOptions, keyof Waiting>;
}

type Answer<Data = Accepted> = { data?: Data; error?: unknown; response: Response };
type Asking = { readonly headers: Record<string, string>; readonly fetch: FetchOnce };
type FetchOnce = ReturnType<typeof retryingFetch>;

export function connectCommands(api: CommandApi): Commands {
  // Nothing is deferred here, so every answer is of this type.
  const http: Client<paths, 'application/json'> = createClient({ baseUrl: api.baseUrl });
  const once = (sending: Sending, call: (request: Asking) => Promise<Answer>): Promise<Accepted> =>
    sendOnce(api, sending, call);
  const at = (id: string) => ({ path: { id } });
  const service = ({ projectId, serviceId }: ServicePlace) => ({
    path: { id: projectId, serviceId },
  });
  return {
    createProject: (body, sending) =>
      once(sending, (request) => http.POST('/projects', { ...request, body })),
    changeProject: (id, body, base, sending) =>
      once(sending, (request) =>
        http.PATCH('/projects/{id}', {
          ...request,
          headers: { ...request.headers, ...on(base) },
          params: at(id),
          body,
        }),
      ),
    configureProject: (id, body, base, sending) =>
      once(sending, (request) =>
        http.PUT('/projects/{id}/configuration', {
          ...request,
          headers: { ...request.headers, ...on(base) },
          params: at(id),
          body,
        }),
      ),
    requestAnalysis: (body, sending) =>
      once(sending, (request) => http.POST('/analyses', { ...request, body })),
    addService: (id, body, sending) =>
      once(sending, (request) =>
        http.POST('/projects/{id}/services', { ...request, params: at(id), body }),
      ),
    changeService: (place, body, base, sending) =>
      once(sending, (request) =>
        http.PATCH('/projects/{id}/services/{serviceId}', {
          ...request,
          headers: { ...request.headers, ...on(base) },
          params: service(place),
          body,
        }),
      ),
    removeService: (place, sending) =>
      once(sending, (request) =>
        http.DELETE('/projects/{id}/services/{serviceId}', {
          ...request,
          params: service(place),
          body: {},
        }),
      ),
    startProvisioning: (id, body, sending) =>
      once(sending, (request) =>
        http.POST('/projects/{id}/provisioning', { ...request, params: at(id), body }),
      ),
    draftTemplate: (body, sending) =>
      once(sending, (request) => http.POST('/templates', { ...request, body })),
    reviseTemplate: (id, body, version, sending) =>
      once(sending, (request) =>
        http.PATCH('/templates/{id}', {
          ...request,
          headers: { ...request.headers, ...on({ version, onConflict: 'merge' }) },
          params: at(id),
          body,
        }),
      ),
    deprecateTemplate: (id, reason, sending) =>
      once(sending, (request) =>
        http.POST('/templates/{id}/deprecate', { ...request, params: at(id), body: { reason } }),
      ),
    archiveOf: async (id) => {
      const { data } = await asked(api, ({ headers, fetch }) =>
        http.GET('/projects/{id}/repository/download', { headers, fetch, params: at(id) }),
      );
      return data;
    },
    send: (command, id, sending) =>
      once(sending, (request) =>
        // Their bodies are alike; the types know one path at a time.
        http.POST(`/commands/${command}` as '/commands/archive-project', {
          ...request,
          body: { commandId: sending.key, aggregateId: id, data: {} },
        }),
      ),
  };
}

const on = ({ version, onConflict }: Base) => ({
  'If-Match': `"${version}"`,
  'X-On-Conflict': onConflict,
});

function sendOnce(
  api: CommandApi,
  sending: Sending,
  call: (request: Asking) => Promise<Answer>,
): Promise<Accepted> {
  const { key, ...waiting } = sending;
  return asked(
    api,
    ({ headers, fetch }) => call({ headers: { ...headers, 'Idempotency-Key': key }, fetch }),
    waiting,
  );
}

/** The answer to a request that may be sent again; rejects as commands do. */
async function asked<Data>(
  api: CommandApi,
  call: (request: Asking) => Promise<Answer<Data>>,
  waiting: Waiting = {},
): Promise<Data> {
  const attempt = (refresh: boolean): Promise<Answer<Data>> =>
    prepare(api, waiting, refresh).then(call).catch(unanswered);
  const answer = await attempt(false);
  // The token may have expired between two of the page's own refreshes.
  const settled = answer.response.status === 401 ? await attempt(true) : answer;
  return accept(settled, api.retrying.now());
}

async function prepare(api: CommandApi, waiting: Waiting, refresh: boolean): Promise<Asking> {
  return {
    headers: { Authorization: await api.token({ refresh }) },
    fetch: retryingFetch({ ...api.retrying, ...waiting }),
  };
}

function accept<Data>({ data, error, response }: Answer<Data>, now: number): Data {
  if (response.ok && data) return data;
  const wait = retryAfter(response.headers, now);
  throw new CommandRefused(
    readProblem(response.status, error),
    wait === undefined ? undefined : Math.ceil(wait / 1000),
    requestIdOf(response),
  );
}

function unanswered(cause: unknown): never {
  throw cause instanceof NotSignedIn
    ? new CommandRefused(readProblem(401, undefined))
    : new ApiUnreachable({ cause });
}
