/** Every test in one process: to load the server and to start an emulator takes longer than most. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import './activity.test';
import './authentication.test';
import './authorization.test';
import './calls.test';
import './directives.test';
import './docs.test';
import './faults.test';
import './http.test';
import './javascript.test';
import './limits.test';
import './models.test';
import './process.test';
import './queries.test';
import './realtime.test';
import './units.test';

test('no file of tests is left out', () => {
  const own = readFileSync(new URL(import.meta.url), 'utf8');
  const files = readdirSync(new URL('.', import.meta.url)).filter((one) =>
    one.endsWith('.test.ts'),
  );
  assert.ok(files.length > 0);
  assert.deepEqual(
    files.filter((one) => !own.includes(`import './${one.replace(/\.ts$/, '')}';`)),
    [],
  );
});
