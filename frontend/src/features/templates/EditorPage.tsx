import { FileX } from 'lucide-react';
import { useParams } from 'react-router';
import { Breadcrumb } from '../../ui/Breadcrumb';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { LinkButton } from '../../ui/LinkButton';
import { useTitle } from '../../ui/useTitle';
import { useSession } from '../session/SessionProvider';
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
      text={row ? 'It takes no changes any more.' : 'No template has this slug.'}
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
