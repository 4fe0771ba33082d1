import { expect, test, vi } from 'vitest';
import { connectSearch, type Question } from '../../src/api/search';

const ROW = { id: 'p1', name: 'Tea' };

/** The search of an API that gives this answer, and the addresses that were asked for. */
function searching(status: number, body: object) {
  const asked: string[] = [];
  const fetch = vi.fn((request: Request) => {
    asked.push(request.url);
    expect(request.headers.get('Authorization')).toBe('token');
    return Promise.resolve(Response.json(body, { status }));
  });
  const { projects } = connectSearch({
    baseUrl: 'https://api.test',
    token: () => Promise.resolve('token'),
    retrying: {
      fetch: fetch as unknown as typeof globalThis.fetch,
      sleep: () => Promise.resolve(),
      random: () => 0,
      now: () => 0,
    },
  });
  const find = (question: Question, nextToken: string | null = null) =>
    projects(question, { limit: 20, nextToken, signal: new AbortController().signal });
  return { find, asked };
}

const PAGE = { data: [ROW], pagination: { limit: 20, nextToken: 'n' }, meta: {} };

test('[R15, R29] asks for words, status and filters, and gives hits and where they go on', async () => {
  const { find, asked } = searching(200, PAGE);
  const question = {
    words: 'tea & co',
    status: 'ACTIVE',
    templateName: 'Worker',
    provisioning: 'FAILED',
  } as const;
  expect(await find(question)).toEqual({ rows: [ROW], unreadable: [], nextToken: 'n' });
  const { pathname, searchParams } = new URL(asked[0] ?? '');
  expect(pathname).toBe('/projects/search');
  expect(Object.fromEntries(searchParams)).toEqual({
    q: 'tea & co',
    status: 'ACTIVE',
    limit: '20',
    filters: 'templateName:Worker,provisioning:FAILED',
  });
});

test('goes on with a token, and names what cannot be shown', async () => {
  const { find, asked } = searching(200, { ...PAGE, unreadable: ['p2'] });
  const found = await find({ words: 'tea', status: 'ARCHIVED', userId: 'u1' }, 'n');
  expect(found.unreadable).toEqual(['p2']);
  const { searchParams } = new URL(asked[0] ?? '');
  expect(searchParams.get('nextToken')).toBe('n');
  expect(searchParams.get('userId')).toBe('u1');
});

test('leaves out a filter that the API has no way to take', async () => {
  const { find, asked } = searching(200, PAGE);
  await find({ words: 'tea', status: 'ACTIVE', templateName: 'Tea, hot' });
  expect(new URL(asked[0] ?? '').searchParams.has('filters')).toBe(false);
});

test('says that the API has refused', async () => {
  const { find } = searching(400, { type: 'invalid' });
  await expect(find({ words: 'tea', status: 'ACTIVE' })).rejects.toThrow(
    'The API answered with 400.',
  );
});
