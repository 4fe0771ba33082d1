import { describe, expect, test } from 'vitest';
import type { Project } from '../../src/api/readModels';
import {
  addressOf,
  filterOf,
  isFiltered,
  listed,
  type ListReading,
  listingOf,
} from '../../src/features/projects/listing';
import { noRows, receive, type Rows } from '../../src/rows/rows';
import { PROJECT } from './fakes';

const read = (address: string) => listingOf(new URLSearchParams(address));
const written = (address: string): string => addressOf(read(address)).toString();

describe('the address of the list', () => {
  test.each([
    '',
    'status=archived',
    'state=failed&template=Full+stack&deployment=running&owner=me&sort=oldest&page=3&view=table',
  ])('says the same when it is read and written: %s', (address) => {
    expect(written(address)).toBe(address);
  });

  test.each([
    'status=DELETED&page=0',
    'page=1e9&view=list',
    'page=-2',
    'deployment=odd&state=NONE',
  ])('is as if what it does not know were not there: %s', (address) => {
    expect(written(address)).toBe(address.includes('1e9') ? 'page=1000000000' : '');
  });

  test('is a filter of the read models', () => {
    const listing = read('status=archived&template=Worker&deployment=failed&state=running');
    expect(filterOf(listing, 'u1', false)).toEqual({
      userId: 'u1',
      status: 'ARCHIVED',
      provisioning: 'RUNNING',
      templateName: 'Worker',
      lastDeploymentStatus: 'FAILED',
      oldestFirst: false,
    });
    expect(isFiltered(listing)).toBe(true);
    expect(isFiltered(read('status=archived&page=2'))).toBe(false);
  });

  test('shows everybody’s projects to those who read all, and their own when they ask', () => {
    expect(filterOf(read(''), 'u1', true).userId).toBeUndefined();
    expect(filterOf(read('owner=me'), 'u1', true).userId).toBe('u1');
    expect(filterOf(read(''), 'u1', false).userId).toBe('u1');
  });
});

const found = (...ids: string[]): ListReading => ({ ids, unreadable: [], isComplete: false });

describe('what is listed', () => {
  const at = (minute: number): string => `2026-11-21T10:0${minute}:00.000Z`;
  const project = (id: string, minute: number, others: Partial<Project> = {}): Project => ({
    ...PROJECT,
    id,
    createdAt: at(minute),
    ...others,
  });
  const known = (...rows: Project[]): Rows<Project> => receive(noRows, { kind: 'seen', rows });
  const filter = { userId: 'u1', status: 'ACTIVE' } as const;
  const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

  test('is what was read, newest first, and what a subscription told of since', () => {
    const rows = known(project('a', 1), project('b', 2), project('c', 3));
    const { shown, waiting } = listed(found('b', 'a'), rows, filter, at(3));
    expect([ids(shown), ids(waiting)]).toEqual([['c', 'b', 'a'], []]);
  });

  test('waits when it was created after the list was opened', () => {
    const rows = known(project('a', 1), project('b', 2), project('c', 3));
    const { shown, waiting } = listed(found('c', 'b', 'a'), rows, filter, at(2));
    expect([ids(shown), ids(waiting)]).toEqual([['b', 'a'], ['c']]);
  });

  test('is not an old project of a page that was not read', () => {
    const rows = known(project('old', 0), project('a', 1));
    expect(ids(listed(found('a'), rows, filter, at(9)).shown)).toEqual(['a']);
  });

  test('is also one among those that were read which fits only since', () => {
    const rows = known(project('a', 1), project('restored', 2), project('b', 3));
    expect(ids(listed(found('b', 'a'), rows, filter, at(9)).shown)).toEqual(['b', 'restored', 'a']);
  });

  test('has the oldest that fits only since when it was read to its end', () => {
    const rows = known(project('old', 0), project('a', 1));
    const reading = { ...found('a'), isComplete: true };
    expect(ids(listed(reading, rows, filter, at(9)).shown)).toEqual(['a', 'old']);
  });

  test.each([
    ['unknown till now', []],
    ['known as it was before', [project('x', 2)]],
  ])('keeps a row that cannot be read in its place: %s', (_, before) => {
    const rows = known(project('a', 1), project('b', 3), ...before);
    const x = { id: 'x', createdAt: at(2), version: 2, isUnreadable: true } as const;
    const { shown } = listed({ ...found('b', 'x', 'a'), unreadable: [x] }, rows, filter, at(9));
    expect(ids(shown)).toEqual(['b', 'x', 'a']);
    expect(shown.filter((row) => 'isUnreadable' in row)).toEqual([x]);
  });

  test('shows a row that became readable', () => {
    const x = { id: 'x', createdAt: at(2), version: 2, isUnreadable: true } as const;
    const rows = known(project('x', 2, { version: 3 }));
    const { shown } = listed({ ...found('x'), unreadable: [x] }, rows, filter, at(9));
    expect(shown).toEqual([project('x', 2, { version: 3 })]);
  });

  test('is the oldest first when that is asked for', () => {
    const rows = known(project('a', 1), project('b', 2));
    const { shown } = listed(found('a', 'b'), rows, { ...filter, oldestFirst: true }, at(9));
    expect(ids(shown)).toEqual(['a', 'b']);
  });

  test.each<[string, Partial<Project>]>([
    ['archived', { status: 'ARCHIVED' }],
    ['deleted', { status: 'DELETED' }],
    ['handed over', { userId: 'u2' }],
    ['of another template', { templateName: 'Worker' }],
    ['deployed with another outcome', { lastDeploymentStatus: 'FAILED' }],
    ['provisioned again', { provisioning: 'RUNNING' }],
  ])('leaves the list as soon as it is %s', (_, change) => {
    const narrow = {
      ...filter,
      templateName: 'React',
      lastDeploymentStatus: 'SUCCEEDED',
      provisioning: 'FAILED',
    } as const;
    const fitting = {
      templateName: 'React',
      lastDeploymentStatus: 'SUCCEEDED',
      provisioning: 'FAILED',
    } as const;
    const before = known(project('a', 1, fitting));
    expect(ids(listed(found('a'), before, narrow, at(9)).shown)).toEqual(['a']);
    const after = known(project('a', 1, { ...fitting, ...change }));
    expect(listed(found('a'), after, narrow, at(9))).toEqual({ shown: [], waiting: [] });
  });
});
