import { describe, expect, test } from 'vitest';
import { ApiUnreachable, CommandRefused } from '../../src/api/problem';
import { explain } from '../../src/features/commands/explain';

const refused = (status: number, more: object = {}, wait?: number) =>
  explain(new CommandRefused({ type: 'about:blank', title: 'Title', status, ...more }, wait));

describe('failures in words', () => {
  test.each([
    [401, /sign in again/i],
    [403, /not change it/],
    [404, /somebody else/],
    [412, /changed it after you opened/],
    [429, /Nothing was recorded/],
    [503, /recorded only once/],
  ])('[C20] %i', (status, words) => {
    expect(refused(status).text).toMatch(words);
  });

  test('a broken rule is told in the words of the API', () => {
    const type = 'https://skafu.dev/problems/too-many-services';
    expect(refused(409, { type, detail: 'A project holds at most 50 services' })).toEqual({
      title: 'Too many services',
      text: 'A project holds at most 50 services.',
    });
  });

  test('a name that is taken is told of at its field; the alert says that nothing was done', () => {
    const type = 'https://skafu.dev/problems/service-name-taken';
    expect(refused(409, { type, detail: "There is a service named 'web' already" })).toEqual({
      title: 'This name is taken',
      text: 'Nothing was recorded.',
    });
  });

  test('[C17] a change that meets another one of the same is told of, and that nothing was recorded', () => {
    const type = 'https://skafu.dev/problems/merge-conflict';
    expect(refused(409, { type, detail: 'ProjectRenamed' })).toEqual({
      title: 'Somebody changed the same meanwhile',
      text: 'Nothing was recorded. Look at the newest values, then decide again.',
    });
  });

  test('the time to wait is told when it is known', () => {
    expect(refused(429, {}, 60).text).toContain('60 seconds');
  });

  test('no answer says that sending again is safe', () => {
    expect(explain(new ApiUnreachable()).text).toContain('recorded only once');
  });
});
