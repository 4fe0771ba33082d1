import { useSyncExternalStore } from 'react';
import { clock } from '../api/serverClock';
import { clockNote } from './clockNote';

/** Says that the computer's clock is wrong, as long as it is. */
export function ClockNote() {
  const note = clockNote(useSyncExternalStore(clock.subscribe, clock.ahead));
  return note ? (
    <p className="clock-note" role="status">
      {note}
    </p>
  ) : null;
}
