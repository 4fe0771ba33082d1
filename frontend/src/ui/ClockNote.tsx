import { useSyncExternalStore } from 'react';
import { clock } from '../api/serverClock';
import { useAnnouncement } from './Announcer';
import { clockNote } from './clockNote';

/** Says that the computer's clock is wrong, as long as it is. */
export function ClockNote() {
  const note = clockNote(useSyncExternalStore(clock.subscribe, clock.ahead));
  useAnnouncement(note ?? '');
  return note ? <p className="clock-note">{note}</p> : null;
}
