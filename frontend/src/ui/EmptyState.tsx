import type { ReactNode } from 'react';
import { PageTitle } from './PageTitle';

interface EmptyStateProps {
  readonly title: string;
  readonly text: ReactNode;
  readonly icon?: ReactNode;
  /** All that there is on the page: its title is the page's. */
  readonly isPage?: boolean;
  /** At most one action, or two that belong together. */
  readonly children?: ReactNode;
}

/** What will be here, why it is not, and what to do about it. */
export function EmptyState({ title, text, icon, isPage, children }: EmptyStateProps) {
  return (
    <div className="empty-state">
      {icon && <span className="tile">{icon}</span>}
      {isPage ? <PageTitle>{title}</PageTitle> : <h2>{title}</h2>}
      <p>{text}</p>
      {children && <div className="row">{children}</div>}
    </div>
  );
}
