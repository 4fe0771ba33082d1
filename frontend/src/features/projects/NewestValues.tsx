import { Alert, Button } from '@aws-amplify/ui-react';
import { CommandRefused } from '../../api/problem';

export interface NewestField {
  readonly label: string;
  readonly seen: string;
  readonly newest: string;
  readonly mine: string;
}

interface NewestValuesProps {
  readonly fields: readonly NewestField[];
  readonly onKeepMine: () => void;
  readonly onTakeNewest: () => void;
}

/** Shown as soon as others change what an open form holds; one of the answers is needed to go on. */
export function NewestValues(props: NewestValuesProps) {
  const { fields, onKeepMine, onTakeNewest } = props;
  const changed = fields.filter(({ seen, newest }) => newest !== seen);
  return (
    <Alert variation="warning" heading="Somebody changed this project meanwhile" role="alert">
      <dl className="newest">
        {changed.map(({ label, seen, newest, mine }) => (
          <div key={label}>
            <dt>{label} now</dt>
            <dd>{newest || <em>none</em>}</dd>
            {mine.trim() !== seen && <dd className="both">Both changed</dd>}
          </div>
        ))}
      </dl>
      <div className="row">
        <Button type="button" size="small" onClick={onKeepMine}>
          Keep my text
        </Button>
        <Button type="button" size="small" onClick={onTakeNewest}>
          Take the newest
        </Button>
      </div>
    </Alert>
  );
}

export function isStale(failure: unknown): boolean {
  if (!(failure instanceof CommandRefused)) return false;
  return failure.problem.status === 412 || failure.problem.type.endsWith('/merge-conflict');
}
