import createClient from 'openapi-fetch';
import { plainWithin } from '../ui/plain';
import type { CommandApi } from './commands';
import type { paths } from './openapi';
import { requestIdOf } from './problem';
import { retryingFetch } from './retry';

export type Json = string | number | boolean | null | readonly Json[] | Fields;
export interface Fields {
  readonly [name: string]: Json;
}

/** An event as the trail shows it; what is sealed for this person stays sealed. */
export interface PastEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly eventSequence: number;
  readonly timestamp: string;
  readonly correlationId: string;
  /** The command that recorded it. */
  readonly causationId: string;
  readonly data: Fields;
  readonly metadata: Fields;
}

export interface History {
  /** The events of these numbers, oldest first; the API may answer with fewer. */
  readonly events: (projectId: string, from: number, count: number) => Promise<PastEvent[]>;
  /** The state after the event of this number, as the rules see it. */
  readonly state: (projectId: string, version: number) => Promise<Fields>;
}

/** An answer that was no success. */
export class HistoryFailed extends Error {
  constructor(
    readonly status: number,
    readonly requestId?: string,
  ) {
    super(`The API answered with ${status}.`);
    this.name = 'HistoryFailed';
  }
}

export function connectHistory({ baseUrl, token, retrying }: CommandApi): History {
  const http = createClient<paths, 'application/json'>({
    baseUrl,
    fetch: retryingFetch(retrying),
  });
  const headers = async () => ({ Authorization: await token({ refresh: false }) });
  const pageOf = async (id: string, limit: number, nextToken: string) => {
    const { data, response } = await http.GET('/projects/{id}/events', {
      headers: await headers(),
      params: { path: { id }, query: { limit, nextToken } },
    });
    if (!data) throw new HistoryFailed(response.status, requestIdOf(response));
    const { nextToken: next = null } = data.pagination;
    return { events: plainWithin(data.data) as PastEvent[], next };
  };
  return {
    events: async (id, from, count) => {
      const events: PastEvent[] = [];
      let next: string | null = String(from);
      // Pages are cut by bytes, too; the token of a page is the number of its first event.
      while (next && events.length < count) {
        const page = await pageOf(id, count - events.length, next);
        events.push(...page.events);
        next = page.next;
      }
      return events;
    },
    state: async (id, version) => {
      const { data, response } = await http.GET('/projects/{id}/state', {
        headers: await headers(),
        params: { path: { id }, query: { version } },
      });
      if (!data) throw new HistoryFailed(response.status, requestIdOf(response));
      return plainWithin(data.data) as Fields;
    },
  };
}
