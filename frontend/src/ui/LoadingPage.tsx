import { Loader } from '@aws-amplify/ui-react';

export function LoadingPage({ label }: { label: string }) {
  return (
    <div className="loading-page" role="status">
      <Loader size="large" ariaLabel={label} />
      <p>{label}</p>
    </div>
  );
}
