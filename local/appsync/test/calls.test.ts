/** What a signed principal called is known afterwards; what others called is not of interest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Calls } from '../src/authorization/calls';
import { API_KEY_IDENTITY, iamIdentity } from '../src/authorization/identity';

test('calls are the root fields of each access key, each once', () => {
  const calls = new Calls();
  const projector = iamIdentity('lambda.projector');
  calls.record('Mutation', 'createProject', projector);
  calls.record('Mutation', 'createProject', projector);
  calls.record('Project', 'name', projector);
  calls.record('Query', 'getProject', API_KEY_IDENTITY);
  assert.deepEqual(calls.report(), { 'lambda.projector': ['Mutation.createProject'] });
});
