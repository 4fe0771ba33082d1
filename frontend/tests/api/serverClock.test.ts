import { describe, expect, test, vi } from 'vitest';
import { askTheTime, serverClock, tellingFetch } from '../../src/api/serverClock';

const SERVER = Date.parse('2026-11-21T10:00:00Z');
const DATE = new Date(SERVER).toUTCString();
const MINUTE = 60_000;

function clockAhead(ahead: number) {
  const computer = () => SERVER + 500 + ahead;
  return { computer, clock: serverClock(computer) };
}

describe('a clock', () => {
  test('is believed until an answer has told', () => {
    const { clock, computer } = clockAhead(6 * MINUTE);
    expect([clock.ahead(), clock.now()]).toEqual([0, computer()]);
  });

  test.each([6 * MINUTE, -90 * MINUTE, 400 * 24 * 60 * MINUTE])(
    'that is %d ms ahead is corrected',
    (ahead) => {
      const { clock, computer } = clockAhead(ahead);
      clock.learn(DATE, computer() - 20, computer() + 20);
      expect(clock.ahead()).toBe(ahead);
      expect(clock.now()).toBe(SERVER + 500);
    },
  );

  test('that is right but for the way and whole seconds is left alone', () => {
    const { clock, computer } = clockAhead(1500);
    clock.learn(DATE, computer() - 2000, computer());
    expect(clock.ahead()).toBe(0);
  });

  test.each([null, '', 'soon'])('learns nothing from %j', (date) => {
    const { clock, computer } = clockAhead(6 * MINUTE);
    clock.learn(date, computer(), computer());
    expect(clock.ahead()).toBe(0);
  });

  test('tells of a change once, and when it was set right', () => {
    let ahead = 6 * MINUTE;
    const computer = () => SERVER + 500 + ahead;
    const clock = serverClock(computer);
    const listener = vi.fn();
    const stop = clock.subscribe(listener);
    clock.learn(DATE, computer(), computer());
    clock.learn(DATE, computer() + 700, computer() + 900);
    expect(listener).toHaveBeenCalledTimes(1);
    ahead = 0;
    clock.learn(DATE, computer(), computer());
    expect([listener.mock.calls.length, clock.ahead()]).toEqual([2, 0]);
    stop();
    ahead = -6 * MINUTE;
    clock.learn(DATE, computer(), computer());
    expect(listener).toHaveBeenCalledTimes(2);
  });
});

describe('every answer', () => {
  test('tells the clock, a refusal too', async () => {
    const { clock, computer } = clockAhead(6 * MINUTE);
    const answer = new Response(null, { status: 503, headers: { Date: DATE } });
    const fetch = tellingFetch(() => Promise.resolve(answer), clock, computer);
    expect(await fetch('https://api.example')).toBe(answer);
    expect(clock.ahead()).toBe(6 * MINUTE);
  });

  test('that does not come leaves it as it was', async () => {
    const { clock, computer } = clockAhead(6 * MINUTE);
    const fetch = tellingFetch(() => Promise.reject(new TypeError('offline')), clock, computer);
    await askTheTime('https://api.example/dev', fetch);
    expect(clock.ahead()).toBe(0);
  });
});

test('the time is asked of a page that needs no token, past every cache', async () => {
  const asked = vi.fn(() => Promise.resolve(new Response()));
  await askTheTime('https://api.example/dev', asked);
  expect(asked).toHaveBeenCalledWith('https://api.example/dev/docs?format=json', {
    method: 'HEAD',
    cache: 'no-store',
  });
});
