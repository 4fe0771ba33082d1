import { describe, expect, test } from 'vitest';
import { connectHistory, HistoryFailed, type PastEvent } from '../../src/api/history';
import { byDay, commitAt, commitsOf, kindOf } from '../../src/features/history/commits';
import { changedPart, differences, flatten, readable } from '../../src/features/history/difference';
import { authorOf, summaryOf, titleOf, wordsOf } from '../../src/features/history/words';

const ME = { userId: '1c0ffee0-0000-4000-8000-000000000001', email: 'owner@skafu.dev' };

const event = (
  eventSequence: number,
  eventType: string,
  data: PastEvent['data'] = {},
  others: Partial<PastEvent> = {},
): PastEvent => ({
  eventId: `e${eventSequence}`,
  eventType,
  eventSequence,
  timestamp: '2026-11-21T10:00:00.000Z',
  correlationId: 'c',
  causationId: `command-${eventSequence}`,
  data,
  metadata: { userId: ME.userId },
  ...others,
});

const CREATED = [
  event(1, 'ProjectCreated', { name: 'Shop' }, { causationId: 'create' }),
  event(
    2,
    'ServiceAdded',
    {
      serviceId: 's1',
      serviceName: 'Mailer',
      serviceType: 'WORKER',
      configuration: { retries: 5 },
    },
    { causationId: 'create' },
  ),
];
const CHANGED = event(3, 'ServiceChanged', { serviceId: 's1', configuration: { retries: 3 } });

describe('commits', () => {
  const commits = commitsOf([...CREATED, CHANGED]);

  test('are what one command recorded, newest first', () => {
    expect(commits.map(({ before, version }) => [before, version])).toEqual([
      [2, 3],
      [0, 2],
    ]);
    expect(commitAt(commits, 1)).toBe(commits[1]);
    expect(commitAt(commits, 4)).toBeUndefined();
    expect(commits.map(kindOf)).toEqual(['services', 'project']);
  });

  test('stand under their days', () => {
    const now = Date.parse('2026-11-22T12:00:00.000Z');
    const late = commitsOf([
      event(1, 'ProjectCreated'),
      { ...CHANGED, timestamp: new Date(now).toISOString() },
    ]);
    expect(byDay(late, now).map(([day, some]) => [day, some.length])).toEqual([
      ['Today', 1],
      ['Yesterday', 1],
    ]);
    expect(byDay(late, now + 40 * 86_400_000).map(([day]) => day)).toEqual([
      '22 November 2026',
      '21 November 2026',
    ]);
  });

  test('say in words what was done', () => {
    expect(wordsOf('ProvisioningStepUndone')).toBe('Provisioning step undone');
    expect(commits.map(titleOf)).toEqual(['Service changed', 'Project created']);
    expect(summaryOf(commits[1]!)).toBe('Shop, Mailer, Worker');
    const two = commitsOf([
      event(4, 'ProjectRenamed', { name: 'New' }, { causationId: 'change' }),
      event(5, 'ProjectDescriptionChanged', { description: null }, { causationId: 'change' }),
    ])[0]!;
    expect([titleOf(two), summaryOf(two)]).toEqual(['Project renamed and 1 more', 'New, removed']);
  });

  test.each([
    [ME.userId, undefined, 'owner@skafu.dev', false],
    ['9c0ffee0-0000-4000-8000-00000000beef', undefined, 'somebody, …beef', false],
    ['saga', ME.userId, 'saga, on behalf of owner@skafu.dev', true],
    ['saga', `${ME.userId}::${ME.userId}`, 'saga, on behalf of owner@skafu.dev', true],
    ['machine:analyst', undefined, 'analyst', true],
  ])('say who: %s on behalf of %s', (userId, onBehalfOf, name, isMachine) => {
    const metadata = { userId, ...(onBehalfOf && { onBehalfOf }) };
    const [commit] = commitsOf([event(1, 'ProjectCreated', {}, { metadata })]);
    expect(authorOf(commit!, ME)).toMatchObject({ name, isMachine });
  });
});

describe('a difference', () => {
  const state = (configuration: string, name = 'Mailer') => ({
    name: 'Shop',
    description: '',
    configuration: '',
    services: { s1: { name, type: 'WORKER', configuration } },
    forgotten: ['x'],
  });

  test('names services and shows what was configured instead of the marks of the rules', () => {
    const events = [...CREATED, CHANGED];
    const before = flatten(readable(state('0cc2'), events, 2));
    const after = flatten(readable(state('1dbf', 'Sender'), events, 3));
    expect(differences(before, after)).toEqual([
      { field: 'services · Mailer · configuration · retries', before: '5', after: undefined },
      { field: 'services · Mailer · name', before: 'Mailer', after: undefined },
      { field: 'services · Mailer · type', before: 'WORKER', after: undefined },
      { field: 'services · Sender · configuration · retries', before: undefined, after: '3' },
      { field: 'services · Sender · name', before: undefined, after: 'Sender' },
      { field: 'services · Sender · type', before: undefined, after: 'WORKER' },
    ]);
  });

  test('leaves what is equal, empty or sealed away out', () => {
    expect(differences(flatten(state('a')), flatten(state('a')))).toEqual([]);
    expect([...flatten({ a: '', b: null, c: [], d: {} })]).toEqual([]);
    expect([...flatten({ list: ['x', 'y'] })]).toEqual([['list', 'x, y']]);
  });

  test('keeps the mark when the event that explains it was not read', () => {
    expect(readable({ configuration: '0cc2' }, [], 9)).toEqual({ configuration: '0cc2' });
    const linked = event(4, 'RepositoryLinked', { url: 'https://example.org/shop' });
    expect(readable({ repository: '0cc2' }, [linked], 9)).toEqual({
      repository: 'https://example.org/shop',
    });
    expect(readable({ repository: '0cc2' }, [linked], 3)).toEqual({ repository: '0cc2' });
  });

  test.each([
    ['Mail sender', 'Mailer', ['Mail', ' send', 'er']],
    ['5', '3', ['', '5', '']],
    ['aa', 'aaa', ['aa', '', '']],
    ['same', 'same', ['same', '', '']],
  ])('marks what is between what two texts share: %s, %s', (text, other, parts) => {
    expect(changedPart(text, other)).toEqual(parts);
  });
});

describe('the history', () => {
  function api(pages: (url: URL) => { status: number; body: unknown }) {
    const urls: URL[] = [];
    const history = connectHistory({
      baseUrl: 'https://api.example',
      token: () => Promise.resolve('token'),
      retrying: {
        fetch: (request) => {
          const url = new URL((request as Request).url);
          urls.push(url);
          const { status, body } = pages(url);
          return Promise.resolve(Response.json(body, { status }));
        },
        sleep: () => Promise.resolve(),
        random: () => 0,
        now: () => 0,
      },
    });
    return { history, urls };
  }

  test('goes on when a page is cut short, and stops where it was asked to', async () => {
    const { history, urls } = api((url) => {
      const from = Number(url.searchParams.get('nextToken'));
      const data = [event(from, 'ProjectRenamed'), event(from + 1, 'ProjectRenamed')];
      return { status: 200, body: { data, pagination: { nextToken: String(from + 2) }, meta: {} } };
    });
    const events = await history.events('p1', 3, 4);
    expect(events.map(({ eventSequence }) => eventSequence)).toEqual([3, 4, 5, 6]);
    expect(urls.map(({ search }) => search)).toEqual([
      '?limit=4&nextToken=3',
      '?limit=2&nextToken=5',
    ]);
  });

  test('says with what status it was refused', async () => {
    const { history } = api(() => ({ status: 403, body: {} }));
    await expect(history.state('p1', 3)).rejects.toEqual(new HistoryFailed(403));
  });
});
