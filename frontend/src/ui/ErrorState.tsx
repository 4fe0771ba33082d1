import { Button } from '@aws-amplify/ui-react';
import { OutputsMissing } from '../api/outputs';
import { QueryFailed } from '../api/readModels';
import { EmptyState } from './EmptyState';

interface ErrorStateProps {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function ErrorState({ title, error, onRetry }: ErrorStateProps) {
  return (
    <div role="alert">
      <EmptyState title={title} text={whatHappened(error)}>
        <Button onClick={onRetry}>Try again</Button>
      </EmptyState>
    </div>
  );
}

/** In words for the person at the page; what a server wrote is for its operators. */
export function whatHappened(error: unknown): string {
  if (error instanceof OutputsMissing) return error.message;
  return error instanceof QueryFailed && !/network|fetch/i.test(error.message)
    ? 'The server could not answer this. Nothing is lost; the page also tries again by itself.'
    : 'The server could not be reached. Check your connection; the page also tries again by itself.';
}
