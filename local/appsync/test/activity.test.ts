/** Requests are told of in a file, one line each; those of functions are not. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { post } from './support/clients';
import { API_KEY, startStack, user, type Stack } from './support/stack';

let stack: Stack;
const folder = mkdtempSync(join(tmpdir(), 'skafu-activity-'));
const file = join(folder, 'activity.jsonl');

before(async () => {
  stack = await startStack({ ACTIVITY: file });
});
after(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true });
});

test('each request of a person has a line with its fields and errors', async () => {
  const query = '{ getProject(id: "1") { id } }';
  const body = JSON.stringify({ query });
  await stack.as(user(stack.people.owner.id)).call(query);
  await stack.projector.call(query);
  await post(stack.port, body, { 'x-api-key': API_KEY, 'user-agent': 'skafu' });
  await post(stack.port, body, {});
  await post(stack.port, JSON.stringify({ query: '{ nothing }' }), { 'x-api-key': API_KEY });
  const lines = await written(3);
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    told.map(({ kind, method, path, status, operation }) => [
      kind,
      method,
      path,
      status,
      operation,
    ]),
    [
      ['request', 'POST', '/graphql', 200, 'getProject'],
      ['request', 'POST', '/graphql', 401, ''],
      ['request', 'POST', '/graphql', 200, ''],
    ],
  );
  assert.deepEqual(told[0]?.errors, []);
  assert.match(String(told[1]?.errors), /^UnauthorizedException: /);
  assert.match(String(told[2]?.errors), /^Validation error of type FieldUndefined: /);
  assert.ok(told.every(({ seconds, at }) => Number(seconds) >= 0 && Number(at) > 0));
});

/** Lines are written once their answers are out: waits for so many. */
async function written(count: number): Promise<string[]> {
  const end = Date.now() + 60_000;
  let lines: string[] = [];
  while (lines.length < count && Date.now() < end) {
    await delay(20);
    lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }
  return lines;
}
