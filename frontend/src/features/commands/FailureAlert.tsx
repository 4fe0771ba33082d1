import { Alert } from '@aws-amplify/ui-react';
import { useEffect, useRef } from 'react';
import type { FieldError } from '../../api/problem';
import { explain } from './explain';
import type { CommandFailure } from './useCommand';

interface FailureAlertProps {
  readonly failure: CommandFailure | undefined;
  /** Faults that no field of the form shows. */
  readonly others?: readonly FieldError[];
}

export function FailureAlert({ failure, others = [] }: FailureAlertProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (failure) box.current?.focus();
  }, [failure]);
  if (!failure) return null;
  const { title, text } = explain(failure);
  return (
    <div ref={box} tabIndex={-1} className="failure">
      <Alert variation="error" heading={title} role="alert">
        {text}
        {others.length > 0 && (
          <ul>
            {others.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                {path && <code>{path}</code>} {message}
              </li>
            ))}
          </ul>
        )}
      </Alert>
    </div>
  );
}
