import { describe, expect, test } from 'vitest';
import { MAX_ATTEMPTS, retryAfter, retryingFetch } from '../../src/api/retry';
import { answering, problem, recording } from './fakes';

const NOW = Date.parse('2026-11-21T10:00:00Z');

function retrying(fetch: typeof globalThis.fetch) {
  const waits: number[] = [];
  const send = retryingFetch({
    fetch,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 1,
    now: () => NOW,
  });
  return { send, waits };
}

const command = () =>
  new Request('http://api.test/projects', {
    method: 'POST',
    headers: { 'Idempotency-Key': 'key-1' },
    body: '{"name":"Tortoise"}',
  });

describe('what may pass', () => {
  test.each([429, 502, 503, 504])('%i is tried again', async (status) => {
    const { send } = retrying(answering(problem(status), new Response('ok')));
    expect((await send(command())).status).toBe(200);
  });

  test('[C15] a lost connection is tried again with the same key and body', async () => {
    const { fetch, sent } = recording(new TypeError('Failed to fetch'), new Response('ok'));
    await retrying(fetch).send(command());
    expect(sent).toEqual([
      { key: 'key-1', body: '{"name":"Tortoise"}' },
      { key: 'key-1', body: '{"name":"Tortoise"}' },
    ]);
  });

  test('waits grow from one attempt to the next', async () => {
    const failing = Array.from({ length: MAX_ATTEMPTS }, () => problem(503));
    const { send, waits } = retrying(answering(...failing));
    expect((await send(command())).status).toBe(503);
    expect(waits).toEqual([300, 600, 1200, 2400]);
  });

  test('is not tried again once nobody waits for it, but what is under way ends', async () => {
    const nobody = new AbortController();
    const { fetch, sent } = recording(new TypeError('Failed to fetch'), new Response('ok'));
    const sleep = (): Promise<void> => Promise.resolve(nobody.abort());
    const options = { fetch, sleep, random: () => 1, now: () => NOW, signal: nobody.signal };
    await expect(retryingFetch(options)(command())).rejects.toThrow('Failed to fetch');
    expect(sent).toHaveLength(1);
  });

  test('the last failure is handed on when all attempts are used', async () => {
    const lost = new TypeError('Failed to fetch');
    const failing = Array.from({ length: MAX_ATTEMPTS }, () => lost);
    await expect(retrying(answering(...failing)).send(command())).rejects.toBe(lost);
  });
});

describe('what is final', () => {
  test.each([200, 202, 400, 401, 403, 404, 409, 412, 413, 422, 500])(
    '%i is not tried again',
    async (status) => {
      const { fetch, sent } = recording(problem(status));
      expect((await retrying(fetch).send(command())).status).toBe(status);
      expect(sent).toHaveLength(1);
    },
  );

  test('a request that was given up stays so', async () => {
    const controller = new AbortController();
    controller.abort(new Error('closed'));
    const { fetch, sent } = recording(new TypeError('aborted'));
    const request = new Request(command(), { signal: controller.signal });
    await expect(retrying(fetch).send(request)).rejects.toThrow('aborted');
    expect(sent).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  test('[C21] in seconds is what is waited', async () => {
    const { send, waits } = retrying(
      answering(problem(503, { 'Retry-After': '2' }), new Response('ok')),
    );
    await send(command());
    expect(waits).toEqual([2000]);
  });

  test('as a date is what is waited', () => {
    const headers = new Headers({ 'Retry-After': 'Sat, 21 Nov 2026 10:00:07 GMT' });
    expect(retryAfter(headers, NOW)).toBe(7000);
  });

  test('in the past means at once', () => {
    const headers = new Headers({ 'Retry-After': 'Sat, 21 Nov 2026 09:00:00 GMT' });
    expect(retryAfter(headers, NOW)).toBe(0);
  });

  test.each(['', 'soon'])('%j is as good as none', (value) => {
    expect(retryAfter(new Headers({ 'Retry-After': value }), NOW)).toBeUndefined();
  });

  test('longer than a person would wait ends the attempts', async () => {
    const { fetch, sent } = recording(problem(429, { 'Retry-After': '60' }));
    const { send, waits } = retrying(fetch);
    expect((await send(command())).status).toBe(429);
    expect(sent).toHaveLength(1);
    expect(waits).toEqual([]);
  });
});
