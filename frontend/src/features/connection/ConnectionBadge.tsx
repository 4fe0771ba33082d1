import { useAnnouncement } from '../../ui/Announcer';
import type { Connection } from './connection';

const WORDS: Record<Connection, { label: string; hint: string }> = {
  connecting: { label: 'Connecting…', hint: 'Opening the live connection.' },
  live: { label: 'Live', hint: 'Changes appear here as they happen.' },
  reconnecting: {
    label: 'Reconnecting…',
    hint: 'The live connection was lost. Changes still appear, a few seconds later.',
  },
  offline: { label: 'Offline', hint: 'No network. Changes appear once it is back.' },
};

export function ConnectionBadge({ connection }: { connection: Connection }) {
  const { label, hint } = WORDS[connection];
  // Offline is said by a bar of its own.
  useAnnouncement(connection === 'reconnecting' ? label : '');
  return (
    <span className="connection" data-state={connection} title={hint}>
      <span className="connection-dot" aria-hidden="true" />
      {label}
    </span>
  );
}
