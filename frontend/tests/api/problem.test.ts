import { describe, expect, test } from 'vitest';
import { readProblem } from '../../src/api/problem';

describe('a body that is no problem document', () => {
  test.each([undefined, null, '', '<html>', { message: 'Forbidden' }])('%j', (body) => {
    expect(readProblem(502, body)).toMatchObject({ status: 502, type: 'about:blank' });
  });
});
