// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import type { History, PastEvent } from '../../src/api/history';
import { HistoryProvider } from '../../src/features/history/HistoryProvider';
import { useTrail } from '../../src/features/history/useTrail';

afterEach(cleanup);

const EVENT: PastEvent = {
  eventId: 'e1',
  eventType: 'ProjectCreated',
  eventSequence: 1,
  timestamp: '2026-11-21T10:00:00.000Z',
  correlationId: 'c1',
  causationId: 'c1',
  data: {},
  metadata: {},
};

test('[R31] a trail that was read is not read again, one that could not be read is', async () => {
  const events = vi.fn<History['events']>().mockRejectedValueOnce(new Error('down'));
  events.mockResolvedValue([EVENT]);
  const history = { events, state: () => Promise.resolve({}) };
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <HistoryProvider history={history}>{children}</HistoryProvider>
    </QueryClientProvider>
  );
  const { result } = renderHook(() => useTrail({ id: 'p1', version: 1 }), { wrapper });
  await waitFor(() => expect(result.current.error).toBeTruthy());
  await act(() => client.invalidateQueries());
  await waitFor(() => expect(result.current.events).toEqual([EVENT]));
  await act(() => client.invalidateQueries());
  expect(events).toHaveBeenCalledTimes(2);
});
