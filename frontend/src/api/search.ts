import createClient from 'openapi-fetch';
import type { CommandApi } from './commands';
import { HistoryFailed } from './history';
import type { paths } from './openapi';
import { requestIdOf } from './problem';
import type { Project, ProjectFilter } from './readModels';
import { retryingFetch } from './retry';

/** Words that must all be in name or description, whole or by their beginnings. */
export interface Question extends Omit<ProjectFilter, 'oldestFirst'> {
  readonly words: string;
}

export interface SearchAt {
  readonly limit: number;
  readonly nextToken: string | null;
  readonly signal: AbortSignal;
}

/** Some hits, the best first, and where they go on. */
export interface Hits {
  readonly rows: readonly Project[];
  /** Ids of rows that cannot be shown. */
  readonly unreadable: readonly string[];
  readonly nextToken: string | null;
}

export interface Search {
  readonly projects: (question: Question, at: SearchAt) => Promise<Hits>;
}

export function connectSearch({ baseUrl, token, retrying }: CommandApi): Search {
  const http = createClient<paths, 'application/json'>({
    baseUrl,
    fetch: retryingFetch(retrying),
  });
  return {
    projects: async ({ words, status, userId, ...others }, { limit, nextToken, signal }) => {
      const filters = filtersOf(others);
      const { data, response } = await http.GET('/projects/search', {
        headers: { Authorization: await token({ refresh: false }) },
        params: {
          query: {
            q: words,
            status,
            limit,
            ...(userId && { userId }),
            ...(filters && { filters }),
            ...(nextToken && { nextToken }),
          },
        },
        signal,
      });
      if (!data) throw new HistoryFailed(response.status, requestIdOf(response));
      return {
        // The API sends the fields of the schema, as AppSync does.
        rows: data.data as unknown as Project[],
        unreadable: data.unreadable ?? [],
        nextToken: data.pagination.nextToken,
      };
    },
  };
}

/** As the API takes them; one with a comma in it cannot be sent, and is left to the page. */
function filtersOf(fields: Readonly<Record<string, string | null | undefined>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value && !value.includes(','))
    .map(([field, value]) => `${field}:${value}`)
    .join(',');
}
