import { describe, expect, test } from 'vitest';
import { faultsOf } from '../../src/features/commands/faults';
import { serviceAt } from '../../src/features/projects/draft';
import { PROJECT_FIELDS } from '../../src/features/projects/ProjectFields';
import { serviceFieldNames } from '../../src/features/services/ServiceFields';

const FIELDS = [...PROJECT_FIELDS, ...serviceFieldNames(serviceAt(0))];

const found = (...errors: { path: string; message: string }[]) =>
  faultsOf({ type: 'about:blank', title: 'Invalid', status: 400, errors }, FIELDS);

describe('a fault', () => {
  test.each([
    ['name', 'name'],
    ['/name', 'name'],
    ['#/data/name', 'name'],
    ['body.name', 'name'],
    ['data.services.0.serviceName', 'services.0.serviceName'],
    ['services[0].serviceName', 'services.0.serviceName'],
    ['services.0.configuration.memory', 'services.0.configuration'],
    ['services.0.serviceType', 'services.0.serviceType'],
  ])('at %s belongs to the field %s', (path, field) => {
    const { byField, others } = found({ path, message: 'is wrong' });
    expect([...byField]).toEqual([[field, 'Is wrong.']]);
    expect(others).toEqual([]);
  });

  test.each([
    ['services', 'services'],
    ['services.1.serviceName', 'services.1.serviceName'],
    ['names', 'names'],
    ['body', ''],
    ['', ''],
  ])('at %s is of no field', (path, place) => {
    const { byField, others } = found({ path, message: 'at most 20 entries' });
    expect(byField.size).toBe(0);
    expect(others).toEqual([{ path: place, message: 'At most 20 entries.' }]);
  });
});

test('several faults of one field are all told, and each once', () => {
  const { byField } = found(
    { path: 'name', message: 'At most 100 characters.' },
    { path: 'name', message: 'one line' },
    { path: 'data.name', message: 'At most 100 characters.' },
    { path: 'description', message: 'At most 2000 characters.' },
  );
  expect(byField.get('name')).toBe('At most 100 characters. One line.');
  expect(byField.get('description')).toBe('At most 2000 characters.');
});

test('a refusal without faults has none', () => {
  expect(found()).toEqual({ byField: new Map(), others: [] });
});
