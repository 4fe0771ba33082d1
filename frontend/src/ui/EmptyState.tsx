import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  readonly text: ReactNode;
  readonly icon?: ReactNode;
  /** At most one action, or two that belong together. */
  readonly children?: ReactNode;
}

/** What will be here, why it is not, and what to do about it. */
export function EmptyState({ title, text, icon, children }: EmptyStateProps) {
  return (
    <div className="empty-state">
      {icon && <span className="tile">{icon}</span>}
      <h2>{title}</h2>
      <p>{text}</p>
      {children && <div className="row">{children}</div>}
    </div>
  );
}
