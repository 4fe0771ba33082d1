import { Alert } from '@aws-amplify/ui-react';
import { useEffect, useRef } from 'react';
import { CommandRefused, fieldErrors } from '../../api/problem';
import { explain } from './explain';
import type { CommandFailure } from './useCommand';

interface FailureAlertProps {
  readonly failure: CommandFailure | undefined;
  /** Fields which show their own error; those of other fields are listed here, so that none gets lost. */
  readonly fields?: readonly string[];
}

export function FailureAlert({ failure, fields = [] }: FailureAlertProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (failure) box.current?.focus();
  }, [failure]);
  if (!failure) return null;
  const { title, text } = explain(failure);
  const others = [...errorsOf(failure)].filter(([field]) => !fields.includes(field));
  return (
    <div ref={box} tabIndex={-1} className="failure">
      <Alert variation="error" heading={title} role="alert">
        {text}
        {others.length > 0 && (
          <ul>
            {others.map(([field, message]) => (
              <li key={field}>
                <code>{field}</code>: {message}
              </li>
            ))}
          </ul>
        )}
      </Alert>
    </div>
  );
}

export function errorsOf(failure: CommandFailure | undefined): ReadonlyMap<string, string> {
  return failure instanceof CommandRefused ? fieldErrors(failure.problem) : new Map();
}
