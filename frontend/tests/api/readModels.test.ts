import { expect, expectTypeOf, test } from 'vitest';
import { everyPage, type Project, QueryFailed, type Service } from '../../src/api/readModels';

test('a list is read to its last page, over empty ones too', async () => {
  const pages = [
    { data: ['a', 'b'], nextToken: '1' },
    { data: [], nextToken: '2' },
    { data: ['c'], nextToken: null },
  ];
  expect(await everyPage(async (token) => pages[Number(token ?? 0)]!)).toEqual(['a', 'b', 'c']);
});

test('a page with errors fails the whole list, even when it came with data', async () => {
  const page = { data: ['a'], errors: [{ message: 'Throttled' }], nextToken: null };
  await expect(everyPage(async () => page)).rejects.toEqual(new QueryFailed(['Throttled']));
});

test('[R36] rows have the types of the Amplify schema', () => {
  expectTypeOf<Project['status']>().toEqualTypeOf<'ACTIVE' | 'ARCHIVED' | 'DELETED'>();
  expectTypeOf<Service['type']>().toEqualTypeOf<'API' | 'FRONTEND' | 'WORKER'>();
  expectTypeOf<Project['version']>().toEqualTypeOf<number>();
});
