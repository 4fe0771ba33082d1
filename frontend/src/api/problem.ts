/** RFC 9457 problem details, as every refusal of the API carries them. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
}

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** The API answered, and the answer is no. */
export class CommandRefused extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfterSeconds?: number,
    /** By which the logs know the request. */
    readonly requestId?: string,
  ) {
    super(problem.title);
    this.name = 'CommandRefused';
  }
}

/** No answer came, so it is not known whether the command was recorded. */
export class ApiUnreachable extends Error {
  constructor(options?: ErrorOptions) {
    super('The API could not be reached.', options);
    this.name = 'ApiUnreachable';
  }
}

/** There is no token to send, and no way to get one but by signing in. */
export class NotSignedIn extends Error {
  constructor() {
    super('Nobody is signed in.');
    this.name = 'NotSignedIn';
  }
}

/** What every answer of the API carries, also one of its gateway. */
export const requestIdOf = ({ headers }: Response): string | undefined =>
  headers.get('X-Correlation-Id') ?? undefined;

export function readProblem(status: number, body: unknown): Problem {
  return isProblem(body)
    ? body
    : { type: 'about:blank', title: `The request failed (HTTP ${status}).`, status };
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'title' in body && 'status' in body;
}
