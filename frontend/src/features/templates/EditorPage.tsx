import { FileX } from 'lucide-react';
import { type Location, useLocation, useParams } from 'react-router';
import { Breadcrumb } from '../../ui/Breadcrumb';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { LinkButton } from '../../ui/LinkButton';
import { PageTitle } from '../../ui/PageTitle';
import { useTitle } from '../../ui/useTitle';
import { PendingNote } from '../commands/PendingNote';
import { usePollingWhile } from '../commands/polling';
import { useSession } from '../session/SessionProvider';
import type { SavedState } from './savedState';
import { TemplateEditor } from './TemplateEditor';
import { TemplateSkeleton } from './TemplateSkeleton';
import { useDrafts } from './useDrafts';

/** Where an Admin writes a template. */
export function EditorPage() {
  const { slug } = useParams();
  const isAdmin = useSession().role === 'Admin';
  if (!isAdmin) return <NotYours />;
  return slug === undefined ? <NewTemplate /> : <Revision slug={slug} />;
}

const TEMPLATES = { to: '/templates', label: 'Templates' };

function NewTemplate() {
  useTitle('New template');
  return (
    <>
      <Breadcrumb places={[TEMPLATES]} here="New template" />
      <TemplateEditor key="new" row={undefined} />
    </>
  );
}

function Revision({ slug }: { slug: string }) {
  const { drafts, isReading, error, readAgain } = useDrafts();
  const row = drafts.find((each) => each.slug === slug);
  const { state } = useLocation() as Location<SavedState | null>;
  usePollingWhile(Boolean(state?.saved && !row), readAgain);
  useTitle(`Revise ${row?.name ?? 'a template'}`);
  if (row && !row.isDeprecated)
    return (
      <>
        <Breadcrumb
          places={[TEMPLATES, { to: `/templates/${slug}`, label: row.name }]}
          here="Revise"
        />
        <TemplateEditor key={row.id} row={row} />
      </>
    );
  if (!row && state?.saved)
    return (
      <>
        <PageTitle>{state.saved.name}</PageTitle>
        <PendingNote pending={state.saved} />
      </>
    );
  if (isReading) return <TemplateSkeleton />;
  if (error)
    return (
      <ErrorState isPage title="The template could not be read" error={error} onRetry={readAgain} />
    );
  return (
    <EmptyState
      isPage
      icon={<FileX />}
      title={row ? `${row.name} is deprecated` : 'Template not found'}
      text={row ? 'It takes no changes any more.' : 'There is no template at this address.'}
    >
      <LinkButton to="/templates">Back to the templates</LinkButton>
    </EmptyState>
  );
}

function NotYours() {
  useTitle('Templates');
  return (
    <EmptyState
      isPage
      icon={<FileX />}
      title="For Admins"
      text="Templates are written by Admins alone."
    >
      <LinkButton to="/templates">Back to the templates</LinkButton>
    </EmptyState>
  );
}
