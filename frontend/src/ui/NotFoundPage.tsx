import { EmptyState } from './EmptyState';
import { LinkButton } from './LinkButton';
import { useTitle } from './useTitle';

export function NotFoundPage() {
  useTitle('Page not found');
  return (
    <EmptyState isPage title="Page not found" text="There is nothing at this address.">
      <LinkButton to="/projects">Back to the projects</LinkButton>
    </EmptyState>
  );
}
