import { describe, expect, test } from 'vitest';
import { changeOf, checkProject, creationOf } from '../../src/features/projects/draft';
import { formatConfiguration, parseConfiguration } from '../../src/features/services/configuration';
import { checkDraft, emptyDraft, serviceOf } from '../../src/features/services/draft';

describe('a new project', () => {
  test('says nothing of what was left empty', () => {
    expect(creationOf({ name: ' Tortoise ', description: ' ' }, [])).toEqual({ name: 'Tortoise' });
  });

  test('names mistakes as the API would', () => {
    const services = [{ ...emptyDraft, serviceName: 'web', configuration: '[]' }, emptyDraft];
    const mistakes = checkProject({ name: ' ', description: '' }, services);
    expect([...mistakes.keys()]).toEqual([
      'name',
      'services.0.configuration',
      'services.1.serviceName',
    ]);
  });
});

describe('a change', () => {
  const before = { name: 'Tortoise', description: 'Slow' };

  test('holds only what differs', () => {
    expect(changeOf(before, { ...before, name: 'Hare' })).toEqual({ name: 'Hare' });
  });

  test('clears an emptied description', () => {
    expect(changeOf(before, { ...before, description: '' })).toEqual({ description: null });
  });

  test('is none when nothing differs', () => {
    expect(changeOf(before, { name: 'Tortoise ', description: 'Slow' })).toBeUndefined();
  });
});

describe('a service', () => {
  test('without configuration sends none', () => {
    expect(serviceOf({ ...emptyDraft, serviceName: 'web' })).toEqual({
      serviceName: 'web',
      serviceType: 'API',
    });
  });

  test('with configuration sends it as an object', () => {
    const draft = { ...emptyDraft, serviceName: 'web', configuration: '{"memory": 512}' };
    expect(serviceOf(draft).configuration).toEqual({ memory: 512 });
    expect(checkDraft(draft).size).toBe(0);
  });

  test.each(['{', '[]', '1', 'null', '"text"'])('configuration %s is a mistake', (text) => {
    expect(parseConfiguration(text)).toHaveProperty('error');
  });
});

describe('the configuration of a row', () => {
  test.each([null, undefined, '{}', {}])('%j is not shown', (configuration) => {
    expect(formatConfiguration(configuration)).toBeUndefined();
  });

  test('is shown one field a line', () => {
    expect(formatConfiguration('{"memory":512}')).toBe('{\n  "memory": 512\n}');
  });
});
