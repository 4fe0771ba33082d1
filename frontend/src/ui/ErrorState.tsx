import { Button } from '@aws-amplify/ui-react';
import { HistoryFailed } from '../api/history';
import { OutputsMissing } from '../api/outputs';
import { QueryFailed } from '../api/readModels';
import { EmptyState } from './EmptyState';
import { RequestId } from './RequestId';

interface ErrorStateProps {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly isPage?: boolean;
}

export function ErrorState({ title, error, onRetry, isPage = false }: ErrorStateProps) {
  const requestId = error instanceof HistoryFailed ? error.requestId : undefined;
  return (
    <div role="alert">
      <EmptyState title={title} text={whatHappened(error)} isPage={isPage}>
        {requestId && <RequestId id={requestId} />}
        <Button onClick={onRetry}>Try again</Button>
      </EmptyState>
    </div>
  );
}

const ANSWERED =
  'The server could not answer this. Nothing is lost; the page also tries again by itself.';

/** In words for the person at the page; what a server wrote is for its operators. */
export function whatHappened(error: unknown): string {
  if (error instanceof OutputsMissing) return error.message;
  if (error instanceof HistoryFailed) return ANSWERED;
  return error instanceof QueryFailed && !/network|fetch/i.test(error.message)
    ? ANSWERED
    : 'The server could not be reached. Check your connection; the page also tries again by itself.';
}
