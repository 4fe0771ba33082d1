import type { ReactNode } from 'react';

/** The page's heading takes the focus after a route (Layout.tsx), so that it is read out. */
export function PageTitle({ children }: { children: ReactNode }) {
  return <h1 tabIndex={-1}>{children}</h1>;
}
