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
  readonly isReading?: boolean;
  readonly onChange: (page: number) => void;
}

/** Previous and next: nobody has counted how many there are. */
export function Pager({ of, page, size, count, hasNext, isReading = false, onChange }: PagerProps) {
  const first = (page - 1) * size + 1;
  return (
    <nav className="pager row" aria-label={`Pages of ${of}`}>
      <span>{count === 0 ? `No ${of} here` : `${first}–${first + count - 1}`}</span>
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
