import type { UseQueryResult } from '@tanstack/react-query';
import { Boxes } from 'lucide-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { ListSkeleton } from '../../ui/Skeleton';

interface NoServicesProps {
  /** Of the project with its services. */
  readonly reading: Pick<UseQueryResult, 'isPending' | 'error' | 'refetch'>;
  readonly children?: ReactNode;
}

/** In the place of services: that they are read, that they could not be, or that there are none. */
export function NoServices({ reading, children }: NoServicesProps) {
  const { isPending, error, refetch } = reading;
  if (isPending) return <ListSkeleton label="Reading the services" lines={3} />;
  if (error)
    return (
      <ErrorState
        title="The services could not be read"
        error={error}
        onRetry={() => void refetch()}
      />
    );
  return (
    <EmptyState
      icon={<Boxes />}
      title="No services yet"
      text="A service is one deployable part of the project: an API, a front end or a worker."
    >
      {children}
    </EmptyState>
  );
}
