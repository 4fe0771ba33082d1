import { NavLink } from 'react-router';

export interface Tab {
  /** Relative to the page that has the tabs; nothing is that page itself. */
  readonly to: string;
  readonly label: string;
  readonly count?: number | undefined;
}

interface TabsNavProps {
  readonly label: string;
  readonly base: string;
  readonly tabs: readonly Tab[];
}

/** Tabs that are pages: links, so that each can be opened, sent and gone back to. */
export function TabsNav({ label, base, tabs }: TabsNavProps) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ to, label: name, count }) => (
        <NavLink key={to} to={to ? `${base}/${to}` : base} end={to === ''}>
          {name} {count !== undefined && <span className="count">{count}</span>}
        </NavLink>
      ))}
    </nav>
  );
}
