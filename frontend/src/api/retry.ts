/**
 * A command may be sent again as often as needed: its Idempotency-Key gives it one effect and one answer.
 * So what may pass (no connection, throttling, unavailable) is retried here, with the very same request.
 */
export interface RetryOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly random: () => number;
  readonly now: () => number;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Once it is aborted nothing is sent again; what is under way is left to end. */
  readonly signal?: AbortSignal | undefined;
}

export interface Retry {
  readonly attempt: number;
  readonly delay: number;
}

export const MAX_ATTEMPTS = 5;
/** Above this a person is told the time instead of being kept waiting. */
const LONGEST_WAIT = 10_000;
const FIRST_WAIT = 300;
const ATTEMPT_TIMEOUT = 15_000;
const PASSING = [429, 502, 503, 504];

export function retryingFetch(options: RetryOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryOnce(request, options);
      const delay = delayAfter(outcome, attempt, options);
      if (delay === undefined) return settle(outcome);
      options.onRetry?.({ attempt: attempt + 1, delay });
      await options.sleep(delay);
      if (options.signal?.aborted) return settle(outcome);
    }
  };
}

/** Seconds or an HTTP date; undefined when the header is absent or unreadable. */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get('Retry-After')?.trim();
  if (!value) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

type Outcome = { readonly response: Response } | { readonly error: unknown };

async function tryOnce(request: Request, { fetch }: RetryOptions): Promise<Outcome> {
  try {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT)]);
    // A request's body can be read once only, hence the clone.
    return { response: await fetch(request.clone(), { signal }) };
  } catch (error) {
    if (request.signal.aborted) throw error;
    return { error };
  }
}

function delayAfter(outcome: Outcome, attempt: number, options: RetryOptions): number | undefined {
  if (attempt >= MAX_ATTEMPTS || !isPassing(outcome)) return undefined;
  const asked =
    'response' in outcome ? retryAfter(outcome.response.headers, options.now()) : undefined;
  const delay = asked ?? backoff(attempt, options.random);
  return delay > LONGEST_WAIT ? undefined : delay;
}

function isPassing(outcome: Outcome): boolean {
  return 'error' in outcome || PASSING.includes(outcome.response.status);
}

/** Full jitter would often wait next to nothing; half of it keeps a floor. */
function backoff(attempt: number, random: () => number): number {
  const ceiling = FIRST_WAIT * 2 ** (attempt - 1);
  return ceiling / 2 + (random() * ceiling) / 2;
}

function settle(outcome: Outcome): Response {
  if ('error' in outcome) throw outcome.error;
  return outcome.response;
}
