/**
 * The server's time, learned from the Date of its answers: the computer's clock may be wrong.
 * Keys of commands and relative times are made by it.
 */
export interface ServerClock {
  readonly now: () => number;
  /** How far the computer's clock is ahead, in milliseconds; 0 until an answer has told. */
  readonly ahead: () => number;
  /** Takes the Date of an answer to a request that was sent and answered at these times of the computer. */
  readonly learn: (date: string | null, sent: number, answered: number) => void;
  readonly subscribe: (onChange: () => void) => () => void;
}

/** A Date has whole seconds and the way takes time, so less than this is no fault of the clock. */
const UNCERTAIN = 5_000;

export function serverClock(computer: () => number): ServerClock {
  let ahead = 0;
  const listeners = new Set<() => void>();
  return {
    now: () => computer() - ahead,
    ahead: () => ahead,
    learn(date, sent, answered) {
      const told = date === null ? Number.NaN : Date.parse(date);
      if (Number.isNaN(told)) return;
      const measured = Math.round((sent + answered) / 2 - (told + 500));
      const next = Math.abs(measured) < UNCERTAIN ? 0 : measured;
      // Two measurements of one clock differ a little.
      const isNews = next === 0 ? ahead !== 0 : Math.abs(next - ahead) >= UNCERTAIN;
      if (!isNews) return;
      ahead = next;
      for (const listener of listeners) listener();
    },
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}

/** fetch, with each answer telling the clock. */
export function tellingFetch(
  fetch: typeof globalThis.fetch,
  clock: ServerClock,
  computer: () => number,
): typeof globalThis.fetch {
  return async (...request) => {
    const sent = computer();
    const response = await fetch(...request);
    clock.learn(response.headers.get('Date'), sent, computer());
    return response;
  };
}

/** Asks for nothing but the time: a page that anybody may read, never from a cache. */
export async function askTheTime(baseUrl: string, fetch: typeof globalThis.fetch): Promise<void> {
  // Without an answer the computer's own time is as good as any.
  await fetch(`${baseUrl}/docs?format=json`, { method: 'HEAD', cache: 'no-store' }).catch(
    () => undefined,
  );
}

export const clock = serverClock(Date.now);
