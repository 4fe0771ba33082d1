import { Button } from '@aws-amplify/ui-react';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { EmptyState } from './EmptyState';

interface PagerProps {
  /** What is paged, in the plural. */
  readonly of: string;
  readonly page: number;
  readonly size: number;
  /** On this page. */
  readonly count: number;
  readonly hasNext: boolean;
  /** On all pages, where that is known. */
  readonly total?: number | undefined;
  readonly isReading?: boolean;
  readonly onChange: (page: number) => void;
}

/** Previous and next, and how many there are where somebody has counted. */
export function Pager(props: PagerProps) {
  const { of, page, hasNext, isReading = false, onChange } = props;
  return (
    <nav className="pager row" aria-label={`Pages of ${of}`}>
      <span>{range(props)}</span>
      <Button
        size="small"
        className="push"
        isDisabled={page === 1}
        onClick={() => onChange(page - 1)}
      >
        <ChevronLeft /> Previous
      </Button>
      <Button
        size="small"
        isDisabled={!hasNext}
        isLoading={isReading}
        loadingText="Next"
        onClick={() => onChange(page + 1)}
      >
        Next <ChevronRight />
      </Button>
    </nav>
  );
}

/** A count that is behind what is shown is not told, and the last page has counted them itself. */
function range({ of, page, size, count, hasNext, total }: PagerProps): string {
  if (count === 0) return `No ${of} here`;
  const first = (page - 1) * size + 1;
  const last = first + count - 1;
  if (total === undefined || (hasNext && total <= last)) return `${first}–${last}`;
  return `${first}–${last} of ${hasNext ? total : last}`;
}

interface BeyondTheEndProps extends Pick<PagerProps, 'of'> {
  readonly onFirst: () => void;
}

/** A page that an address names, but that the list has not, or has no longer. */
export function BeyondTheEnd({ of, onFirst }: BeyondTheEndProps) {
  return (
    <EmptyState title="This page is empty" text={`The ${of} end before it.`}>
      <Button onClick={onFirst}>Go to the first page</Button>
    </EmptyState>
  );
}
