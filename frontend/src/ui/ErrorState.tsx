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
  /** Whether the reading is made again by itself, as useCatchUp does with what is shown. */
  readonly isRepeated?: boolean;
  /** In other words, where it was no server that failed. */
  readonly text?: string;
}

export function ErrorState(props: ErrorStateProps) {
  const { title, error, onRetry, isPage = false, isRepeated = true, text } = props;
  const requestId = error instanceof HistoryFailed ? error.requestId : undefined;
  return (
    <div role="alert">
      <EmptyState title={title} text={text ?? whatHappened(error, isRepeated)} isPage={isPage}>
        {requestId && <RequestId id={requestId} />}
        <Button onClick={onRetry}>Try again</Button>
      </EmptyState>
    </div>
  );
}

const AGAIN = 'The page also tries again by itself.';

/** In words for the person at the page; what a server wrote is for its operators. */
export function whatHappened(error: unknown, isRepeated = true): string {
  if (error instanceof OutputsMissing) return error.message;
  const words = isAnswer(error)
    ? 'The server could not answer this. Nothing is lost.'
    : 'The server could not be reached. Check your connection.';
  return isRepeated ? `${words} ${AGAIN}` : words;
}

const isAnswer = (error: unknown): boolean =>
  error instanceof HistoryFailed ||
  (error instanceof QueryFailed && !/network|fetch/i.test(error.message));
