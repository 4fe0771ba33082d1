import { createContext, type ReactNode, use } from 'react';
import type { Search } from '../../api/search';

const SearchContext = createContext<Search | undefined>(undefined);

export function useSearchApi(): Search {
  const search = use(SearchContext);
  if (!search) throw new Error('useSearchApi is called outside SearchProvider');
  return search;
}

export function SearchProvider({ search, children }: { search: Search; children: ReactNode }) {
  return <SearchContext value={search}>{children}</SearchContext>;
}
