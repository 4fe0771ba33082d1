import { describe, expect, test } from 'vitest';
import { plainRealtimeUrl } from '../../src/api/loopbackWebSocket';

const LOCAL = 'http://127.0.0.1:20002/graphql';

describe('wss becomes ws', () => {
  test.each([
    ['wss://127.0.0.1:20002/graphql/realtime', LOCAL],
    ['wss://localhost:20002/graphql/realtime?x=1', 'http://localhost:20002/graphql'],
    ['wss://[::1]:20002/graphql/realtime', 'http://[::1]:20002/graphql'],
  ])('%s for the local %s', (url, graphqlUrl) => {
    expect(plainRealtimeUrl(url, graphqlUrl)).toBe(url.replace('wss:', 'ws:'));
  });
});

describe('wss stays wss', () => {
  test.each([
    ['another port', 'wss://127.0.0.1:9999/graphql/realtime', LOCAL],
    ['another host', 'wss://example.com:20002/graphql/realtime', LOCAL],
    [
      'a local endpoint with TLS',
      'wss://localhost:20002/graphql',
      'https://localhost:20002/graphql',
    ],
    ['plain http beyond this machine', 'wss://10.0.0.5/graphql', 'http://10.0.0.5/graphql'],
    [
      'AWS',
      'wss://abc.appsync-realtime-api.us-east-1.amazonaws.com/graphql',
      'https://abc.appsync-api.us-east-1.amazonaws.com/graphql',
    ],
  ])('for %s', (_, url, graphqlUrl) => {
    expect(plainRealtimeUrl(url, graphqlUrl)).toBe(url);
  });
});
