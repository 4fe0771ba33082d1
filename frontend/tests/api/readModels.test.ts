import { expect, expectTypeOf, test } from 'vitest';
import {
  everyPage,
  ofMine,
  type Project,
  QueryFailed,
  type Service,
} from '../../src/api/readModels';

test('a list is read to its last page, over empty ones too', async () => {
  const pages = [
    { data: ['a', 'b'], nextToken: '1' },
    { data: [], nextToken: '2' },
    { data: ['c'], nextToken: null },
  ];
  expect(await everyPage((token) => Promise.resolve(pages[Number(token ?? 0)]!))).toEqual([
    'a',
    'b',
    'c',
  ]);
});

test('a page with errors fails the whole list, even when it came with data', async () => {
  const page = { data: ['a'], errors: [{ message: 'Throttled' }], nextToken: null };
  await expect(everyPage(() => Promise.resolve(page))).rejects.toEqual(
    new QueryFailed(['Throttled']),
  );
});

test('a row that cannot be shown hides no other', async () => {
  const message = "Can't serialize value (/projectsByUser/items[1]/status)";
  const errors = [{ message, path: ['projectsByUser', 'items', 1, 'status'] }];
  const page = { data: ['a', null, 'c'], errors, nextToken: null };
  expect(await everyPage(() => Promise.resolve(page))).toEqual(['a', 'c']);
});

test('a row of somebody else is as good as none', () => {
  const refused = { message: 'Not Authorized to access getProject', errorType: 'Unauthorized' };
  expect(ofMine({ data: null, errors: [refused] })).toBeNull();
});

test('any other error is no absence', () => {
  const throttled = { message: 'Rate exceeded', errorType: 'Throttled' };
  expect(() => ofMine({ data: null, errors: [throttled] })).toThrow('Rate exceeded');
  expect(ofMine({ data: 'row' })).toBe('row');
});

test('[R36] rows have the types of the Amplify schema', () => {
  expectTypeOf<Project['status']>().toEqualTypeOf<'ACTIVE' | 'ARCHIVED' | 'DELETED'>();
  expectTypeOf<Service['type']>().toEqualTypeOf<'API' | 'FRONTEND' | 'WORKER'>();
  expectTypeOf<Project['version']>().toEqualTypeOf<number>();
});
