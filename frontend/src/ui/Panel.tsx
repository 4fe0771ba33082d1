import { type ReactNode, useId } from 'react';

interface PanelProps {
  readonly title: ReactNode;
  /** At the right of the title: a link or a few controls. */
  readonly aside?: ReactNode;
  readonly footer?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Panel({ title, aside, footer, className = '', children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside && <div className="push row">{aside}</div>}
      </header>
      {children}
      {footer && <footer>{footer}</footer>}
    </section>
  );
}
