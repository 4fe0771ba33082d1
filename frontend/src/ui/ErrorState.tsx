import { Button } from '@aws-amplify/ui-react';
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

function whatHappened(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const isNetwork = message === '' || /network|fetch/i.test(message);
  return isNetwork
    ? 'The server could not be reached. Check your connection; the page also tries again by itself.'
    : `The server answered: ${message}`;
}
