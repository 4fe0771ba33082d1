import { describe, expect, test } from 'vitest';
import { fieldErrors, readProblem } from '../../src/api/problem';

describe('field errors', () => {
  test.each([
    ['name', 'name'],
    ['/name', 'name'],
    ['#/data/name', 'name'],
    ['body.name', 'name'],
    ['data.services.0.serviceName', 'services.0.serviceName'],
    ['services[0].serviceName', 'services.0.serviceName'],
  ])('%s belongs to the field %s', (path, field) => {
    const errors = [{ path, message: 'is wrong' }];
    const problem = { type: 'about:blank', title: 'Invalid', status: 400, errors };
    expect([...fieldErrors(problem)]).toEqual([[field, 'is wrong']]);
  });
});

describe('a body that is no problem document', () => {
  test.each([undefined, null, '', '<html>', { message: 'Forbidden' }])('%j', (body) => {
    expect(readProblem(502, body)).toMatchObject({ status: 502, type: 'about:blank' });
  });
});
