import { CONNECTION_STATE_CHANGE, type ConnectionState } from 'aws-amplify/api';
import { Hub } from 'aws-amplify/utils';
import { useEffect, useState } from 'react';
import { type Connection, nextConnection } from './connection';

interface ApiEvent {
  readonly event: string;
  readonly data?: { readonly connectionState?: ConnectionState };
}

export function useConnection(): Connection {
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(
    () =>
      Hub.listen('api', ({ payload }) => {
        const { event, data } = payload as ApiEvent;
        const state = data?.connectionState;
        if (event !== CONNECTION_STATE_CHANGE || !state) return;
        setConnection((before) => nextConnection(before, state));
      }),
    [],
  );
  return connection;
}
