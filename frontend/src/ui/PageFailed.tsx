import { useRouteError } from 'react-router';
import { ErrorState } from './ErrorState';

/** A page that could not be loaded or drawn: after a release, its file may be gone from the server. */
export function PageFailed() {
  const error = useRouteError();
  return (
    <ErrorState
      isPage
      title="This page could not be shown"
      error={error}
      text="It may be of an older release. Load it again."
      onRetry={() => window.location.reload()}
    />
  );
}
