import { expect, test } from 'vitest';
import { fetchOutputs, OutputsMissing } from '../../src/api/outputs';

const answer =
  (files: Record<string, Response>): typeof globalThis.fetch =>
  (path) =>
    Promise.resolve(files[path as string] ?? new Response('', { status: 404 }));

const LOCAL = { local: { userPoolEndpoint: 'http://pool.test/' } };

test('both files are read', async () => {
  const outputs = await fetchOutputs(
    answer({
      '/amplify_outputs.json': Response.json({ version: '1.4' }),
      '/skafu_outputs.json': Response.json(LOCAL),
    }),
  );
  expect(outputs).toEqual({ amplify: { version: '1.4' }, skafu: LOCAL });
});

test('Amplify’s file is needed, and named when it is missing', async () => {
  const fetched = fetchOutputs(answer({ '/skafu_outputs.json': Response.json(LOCAL) }));
  await expect(fetched).rejects.toThrow('/amplify_outputs.json');
});

test.each([
  ['is not found', new Response('', { status: 404 })],
  ['is answered by the page itself', new Response('<!doctype html>')],
])('a hosted page has no file of a local stack: it %s', async (_, missing) => {
  const outputs = await fetchOutputs(
    answer({ '/amplify_outputs.json': Response.json({}), '/skafu_outputs.json': missing }),
  );
  expect(outputs.skafu).toEqual({});
});

test('the page itself in the place of a file is a missing file', async () => {
  const html = new Response('<!doctype html>');
  const fetched = fetchOutputs(
    answer({ '/amplify_outputs.json': html, '/skafu_outputs.json': Response.json({}) }),
  );
  await expect(fetched).rejects.toBeInstanceOf(OutputsMissing);
});
