import { createContext, type ReactNode, use } from 'react';
import type { History } from '../../api/history';

const HistoryContext = createContext<History | undefined>(undefined);

export function useHistoryApi(): History {
  const history = use(HistoryContext);
  if (!history) throw new Error('useHistoryApi is called outside HistoryProvider');
  return history;
}

export function HistoryProvider({ history, children }: { history: History; children: ReactNode }) {
  return <HistoryContext value={history}>{children}</HistoryContext>;
}
