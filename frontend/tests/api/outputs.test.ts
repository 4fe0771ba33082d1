import { expect, test } from 'vitest';
import { fetchOutputs, OutputsMissing } from '../../src/api/outputs';

const answer =
  (files: Record<string, Response>): typeof globalThis.fetch =>
  (path) =>
    Promise.resolve(files[path as string] ?? new Response('', { status: 404 }));

test('both files are read', async () => {
  const outputs = await fetchOutputs(
    answer({
      '/amplify_outputs.json': Response.json({ version: '1.4' }),
      '/skafu_outputs.json': Response.json({ commandApiUrl: 'http://api.test' }),
    }),
  );
  expect(outputs.skafu.commandApiUrl).toBe('http://api.test');
});

test('a missing file is named', async () => {
  const fetched = fetchOutputs(answer({ '/amplify_outputs.json': Response.json({}) }));
  await expect(fetched).rejects.toThrow('/skafu_outputs.json');
});

test('the page itself in the place of a file is a missing file', async () => {
  const html = new Response('<!doctype html>');
  const fetched = fetchOutputs(
    answer({ '/amplify_outputs.json': html, '/skafu_outputs.json': Response.json({}) }),
  );
  await expect(fetched).rejects.toBeInstanceOf(OutputsMissing);
});
