/** Accepts WebSocket connections; their authorization is in the query or in a subprotocol. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { WebSocketServer } from 'ws';

import { Connection, lowerCased, type Realtime } from './connection';

export const REALTIME_PATHS = new Set(['/graphql/realtime', '/graphql/connect']);

const MAX_MESSAGE_BYTES = 1024 * 1024;
const PROTOCOL = 'graphql-ws';

export class RealtimeServer {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });

  constructor(private readonly realtime: Realtime) {}

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!REALTIME_PATHS.has(url.pathname)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      new Connection(webSocket, authorizationHeaders(request, url), this.realtime);
    });
  }

  close(): void {
    this.server.clients.forEach((client) => client.terminate());
    this.server.close();
  }
}

/** aws-amplify before v6.11 put them into `?header=`, later ones into a subprotocol `header-…`. */
function authorizationHeaders(request: IncomingMessage, url: URL): Record<string, string> {
  const encoded =
    url.searchParams.get('header') ?? subprotocol(request.headers['sec-websocket-protocol'] ?? '');
  try {
    return lowerCased(
      JSON.parse(Buffer.from(encoded, 'base64').toString()) as Record<string, unknown>,
    );
  } catch {
    return {};
  }
}

function subprotocol(offered: string): string {
  const names = offered.split(',').map((name) => name.trim());
  return names.find((name) => name.startsWith('header-'))?.slice('header-'.length) ?? '';
}
