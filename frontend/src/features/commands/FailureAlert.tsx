import { Alert, Button } from '@aws-amplify/ui-react';
import { useEffect, useRef } from 'react';
import { CommandRefused, type FieldError } from '../../api/problem';
import { RequestId } from '../../ui/RequestId';
import { type Explanation, explain } from './explain';
import type { CommandFailure } from './useCommand';

interface FailureAlertProps {
  readonly failure: CommandFailure | undefined;
  /** In other words, where it was no command that failed. */
  readonly explanation?: Explanation | undefined;
  /** Faults that no field of the form shows. */
  readonly others?: readonly FieldError[];
  readonly onRetry?: () => void;
}

export function FailureAlert({ failure, explanation, others = [], onRetry }: FailureAlertProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (failure) box.current?.focus();
  }, [failure]);
  if (!failure) return null;
  const { title, text } = explanation ?? explain(failure);
  return (
    <div ref={box} tabIndex={-1} className="failure">
      <Alert variation="error" heading={title} role="alert">
        {text}
        {isOurs(failure) && failure.requestId && (
          <p>
            <RequestId id={failure.requestId} />
          </p>
        )}
        {others.length > 0 && (
          <ul>
            {others.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                {path && <code>{path}</code>} {message}
              </li>
            ))}
          </ul>
        )}
        {onRetry && (
          <div className="row">
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          </div>
        )}
      </Alert>
    </div>
  );
}

/** Of what the person at the page has done wrong there is nothing to look up. */
const isOurs = (failure: CommandFailure): failure is CommandRefused =>
  failure instanceof CommandRefused && failure.problem.status >= 500;
