import { ArrowDown, ArrowUp } from 'lucide-react';

export type Direction = 'ascending' | 'descending';

interface SortHeaderProps {
  readonly label: string;
  /** Undefined when the table is in another order. */
  readonly direction: Direction | undefined;
  readonly onSort: (direction: Direction) => void;
  readonly className?: string;
}

export function SortHeader({ label, direction, onSort, className }: SortHeaderProps) {
  const other: Direction = direction === 'descending' ? 'ascending' : 'descending';
  return (
    <th scope="col" className={className} aria-sort={direction ?? 'none'}>
      <button type="button" onClick={() => onSort(other)}>
        {label}
        {direction && (direction === 'descending' ? <ArrowDown /> : <ArrowUp />)}
      </button>
    </th>
  );
}
