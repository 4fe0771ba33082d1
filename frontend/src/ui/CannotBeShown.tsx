import { TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { CopyId } from './CopyId';

interface CannotBeShownProps {
  /** `project`, `service`. */
  readonly what: string;
  readonly id: string;
  /** Where its history is, for those who may read it. */
  readonly history?: string | undefined;
}

/** In the place of a row that holds what this page does not know: its id, and the way to its history. */
export function CannotBeShown({ what, id, history }: CannotBeShownProps) {
  return (
    <div className="unreadable row">
      <div className="grow">
        <p className="with">
          <TriangleAlert className="t-bad" /> <strong>This {what} cannot be shown</strong>{' '}
          <CopyId id={id} of={`this ${what}`} />
        </p>
        <p className="soft sm">
          It holds a value that this page does not know yet. Nothing is lost
          {history ? '; its history can be read.' : '.'}
        </p>
      </div>
      {history && <Link to={history}>History</Link>}
    </div>
  );
}
