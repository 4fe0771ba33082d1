import { Component, type ReactNode } from 'react';

interface Props {
  children: ReactNode;
  report?: (error: Error) => void;
}

/** Shows that something failed, and reports it to `VITE_ERRORS_URL` where that is set. */
export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: Error) {
    (this.props.report ?? send)(error);
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return <p role="alert">Something went wrong. Load the page again.</p>;
  }
}

function send(error: Error) {
  const url = import.meta.env.VITE_ERRORS_URL as string | undefined;
  if (url) navigator.sendBeacon(url, JSON.stringify({ message: error.message, at: location.href }));
}
