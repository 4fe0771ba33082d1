// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HistoryFailed, type History, type PastEvent } from '../../../src/api/history';
import { pass } from '../../clock';
import { PROJECT } from '../fakes';
import { press, showPage } from '../pages';

afterEach(cleanup);

const eventAt = (version: number, command = `c${version}`): PastEvent => ({
  eventId: `e${version}`,
  eventType: 'ProjectRenamed',
  eventSequence: version,
  timestamp: PROJECT.createdAt,
  correlationId: command,
  causationId: command,
  data: { name: `Name ${version}` },
  metadata: { userId: 'u1' },
});

type Events = History['events'];
const readable: Events = (_, first, count) =>
  Promise.resolve(Array.from({ length: count }, (_each, index) => eventAt(first + index)));

function show(path: string, events: Events, version = 250) {
  const history = { events: vi.fn(events), state: vi.fn(() => Promise.resolve({ name: 'Hare' })) };
  const project = () => Promise.resolve({ ...PROJECT, version });
  const page = showPage(`/projects/p1/history${path}`, { rows: { project }, history });
  return { ...page, history };
}

describe('earlier versions that cannot be read', () => {
  /** The newest page can be read, an earlier one only when the test says so. */
  function failing() {
    const server = { fails: true };
    const events: Events = (id, first, count) =>
      first < 151 && server.fails
        ? Promise.reject(new HistoryFailed(500))
        : readable(id, first, count);
    return { server, events };
  }

  test('are asked for once, not for ever, and again by a button', async () => {
    const { server, events } = failing();
    const { history, person } = show('/60', events);
    await screen.findByText('The earlier versions could not be read');
    const asked = history.events.mock.calls.length;
    await act(() => pass(1000));
    expect(history.events.mock.calls.length).toBe(asked);
    server.fails = false;
    await person.click(screen.getAllByRole('button', { name: 'Try again' })[0]!);
    expect(await screen.findByText(/version 59 → 60/)).toBeTruthy();
  });

  test('are told of below the timeline, without a promise that nobody keeps', async () => {
    const { server, events } = failing();
    const { person } = show('', events);
    await person.click(await screen.findByRole('button', { name: 'Earlier' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The earlier versions could not be read');
    expect(alert.textContent).not.toContain('by itself');
    server.fails = false;
    await person.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Back to version 51')).toBeTruthy();
  });
});

test('new versions that cannot be read are told of, and read again', async () => {
  const server = { fails: true };
  const { bring, person } = show(
    '',
    (id, first, count) =>
      first > 3 && server.fails
        ? Promise.reject(new HistoryFailed(500))
        : readable(id, first, count),
    3,
  );
  await screen.findByText(/version 2 → 3/);
  act(() => bring('Project', { ...PROJECT, version: 4 }));
  await screen.findByText('The newest versions could not be read');
  server.fails = false;
  await person.click(press('Try again'));
  expect(await screen.findByText(/version 3 → 4/)).toBeTruthy();
});

describe('the slider', () => {
  /** Versions 1 to 4, of which one command has recorded 2 and 3. */
  const three: Events = (_, first, count) =>
    Promise.resolve(
      [eventAt(1), eventAt(2, 'both'), eventAt(3, 'both'), eventAt(4)].slice(
        first - 1,
        first - 1 + count,
      ),
    );

  test('goes from change to change, and reads a version once it is let go', async () => {
    const { at, history } = show('', three, 4);
    const slider = await screen.findByRole<HTMLInputElement>('slider', { name: 'Version' });
    expect([slider.min, slider.max, slider.value]).toEqual(['0', '2', '2']);
    await waitFor(() => expect(history.state).toHaveBeenCalledTimes(2));
    fireEvent.change(slider, { target: { value: '1' } });
    fireEvent.change(slider, { target: { value: '0' } });
    expect(slider.getAttribute('aria-valuetext')).toBe('Version 1 of 4');
    expect(history.state).toHaveBeenCalledTimes(2);
    fireEvent.pointerUp(slider);
    await waitFor(() => expect(at()).toBe('/projects/p1/history/1'));
    fireEvent.change(slider, { target: { value: '1' } });
    fireEvent.keyUp(slider, { key: 'ArrowRight' });
    await waitFor(() => expect(at()).toBe('/projects/p1/history/3'));
  });

  test('leaves its arrows, and those of what scrolls, to them', async () => {
    const { at, person } = show('?show=events', three, 4);
    const scrolled = await waitFor(() => {
      const found = document.querySelector('pre');
      expect(found).not.toBeNull();
      return found!;
    });
    act(() => scrolled.focus());
    await person.keyboard('{ArrowLeft}');
    expect(at()).toBe('/projects/p1/history');
    act(() => scrolled.blur());
    await person.keyboard('{ArrowLeft}');
    expect(at()).toBe('/projects/p1/history/3');
  });

  test('is left for the list with the filters as they are', async () => {
    show('/3?what=project', three, 4);
    const back = await screen.findByText('All changes');
    expect(back.closest('a')?.getAttribute('href')).toBe('/projects/p1/history?what=project');
  });
});
