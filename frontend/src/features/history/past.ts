import type { Query } from '@tanstack/react-query';

/** What is past never changes: once it was read it is not read again, whatever may have been missed. */
export const staleTime = ({ state }: Pick<Query, 'state'>): number | 'static' =>
  state.data === undefined ? 0 : 'static';
