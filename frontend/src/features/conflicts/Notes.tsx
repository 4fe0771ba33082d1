import { Alert, Button } from '@aws-amplify/ui-react';
import { plainLines } from '../../ui/plain';
import { type Field, isTheirs } from './conflict';

interface OvertakenProps {
  readonly what: string;
  readonly conflict: readonly Field[];
  readonly onCompare: () => void;
}

/** Others have changed what somebody is typing at; nothing is asked before it is to be saved. */
export function Overtaken({ what, conflict, onCompare }: OvertakenProps) {
  return (
    <Alert
      variation="warning"
      role="alert"
      heading={`The ${what} has changed since you opened this form`}
    >
      <dl className="newest">
        {conflict.filter(isTheirs).map(({ name, label, newest }) => (
          <Value key={name} term={`${label} now`} text={newest} />
        ))}
      </dl>
      <Button type="button" size="small" onClick={onCompare}>
        Compare with mine
      </Button>
    </Alert>
  );
}

interface BesideProps {
  readonly fields: readonly Field[];
  readonly onTake: (name: string) => void;
}

/** The newest values beside one's own, each to be taken or left. */
export function Beside({ fields, onTake }: BesideProps) {
  if (fields.length === 0) return null;
  return (
    <section className="beside" aria-label="Newest values">
      {fields.map(({ name, label, newest }) => (
        <div key={name} className="row">
          <dl className="newest">
            <Value term={`${label} now`} text={newest} />
          </dl>
          <Button
            type="button"
            size="small"
            aria-label={`Take the newest ${label.toLowerCase()}`}
            onClick={() => onTake(name)}
          >
            Take the newest
          </Button>
        </div>
      ))}
    </section>
  );
}

function Value({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{plainLines(text) || <em>none</em>}</dd>
    </div>
  );
}
