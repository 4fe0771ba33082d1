import { ConnectionState } from 'aws-amplify/api';
import { describe, expect, test } from 'vitest';
import { type Connection, nextConnection } from '../../src/features/connection/connection';

const through = (...states: ConnectionState[]): Connection =>
  states.reduce<Connection>(nextConnection, 'connecting');

const { Connected, Connecting, ConnectionDisrupted, ConnectionDisruptedPendingNetwork } =
  ConnectionState;

describe('the connection', () => {
  test('is being opened until it is live', () => {
    expect(through(Connecting)).toBe('connecting');
    expect(through(Connecting, Connected)).toBe('live');
  });

  test('[W13] is being opened again after a loss', () => {
    expect(through(Connected, ConnectionDisrupted)).toBe('reconnecting');
    expect(through(Connected, ConnectionDisrupted, Connecting)).toBe('reconnecting');
    expect(through(Connected, ConnectionDisrupted, Connecting, Connected)).toBe('live');
  });

  test('is offline without a network', () => {
    expect(through(Connected, ConnectionDisruptedPendingNetwork)).toBe('offline');
  });
});
