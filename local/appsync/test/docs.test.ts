/** The page of differences names tests that exist. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { NO_FAULTS } from '../src/faults';

const TOP = new URL('../../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/local-appsync.md', TOP), 'utf8');

const ROW = /\| `([^`]+)`: `([^`]+)` \|$/gm;

/** At the top of the repository, or beside this file. */
function source(path: string): string {
  const places = [new URL(path, TOP), new URL(path, import.meta.url)];
  const found = places.find((place) => existsSync(place));
  assert.ok(found, `${path} does not exist`);
  return readFileSync(found, 'utf8');
}

describe('docs/local-appsync.md', () => {
  const rows = [...PAGE.matchAll(ROW)].map(([, file, name]) => [file, name] as [string, string]);

  test('has a test in every row of differences', () => {
    const differences =
      PAGE.split('## Known differences')[1]
        ?.split('\n## ')[0]
        ?.split('\n')
        .filter((line) => line.startsWith('| ')) ?? [];
    assert.equal(rows.length, differences.length - 1);
  });

  for (const [file, name] of rows) {
    test(`names a test that exists: ${file}: ${name}`, () => {
      assert.ok(source(file).includes(name), `${file} has no test ${name}`);
    });
  }

  test('lists every fault', () => {
    for (const fault of Object.keys(NO_FAULTS)) {
      assert.ok(PAGE.includes(`\`${fault}\``), fault);
    }
  });
});
