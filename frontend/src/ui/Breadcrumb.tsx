import { ChevronRight } from 'lucide-react';
import { Fragment } from 'react';
import { Link } from 'react-router';

interface BreadcrumbProps {
  /** From the outermost place to the one above this page. */
  readonly places: readonly { readonly to: string; readonly label: string }[];
  readonly here: string;
}

export function Breadcrumb({ places, here }: BreadcrumbProps) {
  return (
    <nav className="breadcrumb" aria-label="Breadcrumb">
      {places.map(({ to, label }) => (
        <Fragment key={to}>
          <Link to={to}>{label}</Link> <ChevronRight />
        </Fragment>
      ))}
      <span aria-current="page">{here}</span>
    </nav>
  );
}
