import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import {
  everyPage,
  ofMine,
  pageOf,
  type Project,
  QueryFailed,
  rowOf,
  type Service,
} from '../../src/api/readModels';

const row = (id: string) => ({ id, createdAt: '2026-11-21T10:00:00.000Z', version: 1 });

test('a list is read to its last page, over empty ones too', async () => {
  const pages = [
    { data: [row('a'), row('b')], nextToken: '1' },
    { data: [], nextToken: '2' },
    { data: [row('c')], nextToken: null },
  ];
  const found = await everyPage((token) => Promise.resolve(pages[Number(token ?? 0)]!));
  expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('a page with errors fails the whole list, even when it came with data', async () => {
  const page = { data: [row('a')], errors: [{ message: 'Throttled' }], nextToken: null };
  await expect(everyPage(() => Promise.resolve(page))).rejects.toEqual(
    new QueryFailed(['Throttled']),
  );
});

describe('a row that cannot be shown', () => {
  const broken = (...path: (string | number)[]) => [{ message: "Can't serialize value", path }];
  const unreadable = { ...row('b'), isUnreadable: true };

  test('stays in its place with its id, and hides no other', async () => {
    const errors = broken('projectsByUser', 'items', 1, 'status');
    const asked = vi.fn((only?: object) =>
      Promise.resolve(
        only
          ? { data: [row('a'), row('b'), row('c')], nextToken: '2' }
          : { data: [row('a'), null as never, row('c')], errors, nextToken: '2' },
      ),
    );
    expect(await pageOf(asked)).toEqual({
      rows: [row('a'), unreadable, row('c')],
      nextToken: '2',
    });
    expect(asked).toHaveBeenLastCalledWith({ selectionSet: ['id', 'createdAt', 'version'] });
  });

  test('is asked for once where a value that may be missing is all that is in the way', async () => {
    const errors = broken('projectsByUser', 'items', 0, 'runtime');
    const asked = vi.fn(() => Promise.resolve({ data: [row('a')], errors, nextToken: null }));
    expect((await pageOf(asked)).rows).toEqual([row('a')]);
    expect(asked).toHaveBeenCalledOnce();
  });

  test('is known by its id also when it is read alone', async () => {
    const errors = broken('getProject', 'status');
    const found = await rowOf((only) =>
      Promise.resolve(only ? { data: row('b') } : { data: null, errors }),
    );
    expect(found).toEqual(unreadable);
  });
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
