import { ConnectionState } from 'aws-amplify/api';

/** How fresh this page can be: `live` while subscriptions are open. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'offline';

const OFFLINE: readonly ConnectionState[] = [
  ConnectionState.ConnectedPendingNetwork,
  ConnectionState.ConnectionDisruptedPendingNetwork,
];

export function nextConnection(before: Connection, state: ConnectionState): Connection {
  if (state === ConnectionState.Connected) return 'live';
  if (OFFLINE.includes(state)) return 'offline';
  return before === 'connecting' ? 'connecting' : 'reconnecting';
}
