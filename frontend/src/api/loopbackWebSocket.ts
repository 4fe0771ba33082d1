/**
 * aws-amplify opens subscriptions with wss:// even where the GraphQL endpoint is plain http://,
 * as it is on a local stack. This turns just those back to ws://: the same loopback host and port, nothing else.
 */
export function plainRealtimeUrl(url: string, graphqlUrl: string): string {
  const [realtime, graphql] = [new URL(url), new URL(graphqlUrl)];
  const isPlain = graphql.protocol === 'http:' && isLoopback(graphql.hostname);
  const isSameServer = realtime.host === graphql.host && realtime.protocol === 'wss:';
  return isPlain && isSameServer ? url.replace(/^wss:/, 'ws:') : url;
}

export function allowPlainWebSocketTo(graphqlUrl: string): void {
  if (plainRealtimeUrl(asSecure(graphqlUrl), graphqlUrl).startsWith('wss:')) return;
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(plainRealtimeUrl(String(url), graphqlUrl), protocols);
    }
  };
}

function asSecure(url: string): string {
  return url.replace(/^https?:/, 'wss:');
}

function isLoopback(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
