import { Loader } from '@aws-amplify/ui-react';
import { useAnnouncement } from './Announcer';

export function LoadingPage({ label }: { label: string }) {
  useAnnouncement(label);
  return (
    <div className="loading-page">
      <Loader size="large" aria-hidden="true" />
      <p>{label}</p>
    </div>
  );
}
