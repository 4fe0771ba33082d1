import { Alert } from '@aws-amplify/ui-react';
import { Ban, FileX, Pencil } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { ActionsMenu } from '../../ui/ActionsMenu';
import { Breadcrumb } from '../../ui/Breadcrumb';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { FileTree } from '../../ui/FileTree';
import { LinkButton } from '../../ui/LinkButton';
import { PageTitle } from '../../ui/PageTitle';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { StateBadge } from '../../ui/StateBadge';
import { useCopyId } from '../../ui/useCopyId';
import { useTitle } from '../../ui/useTitle';
import { mayCommand } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { DeprecateDialog } from './DeprecateDialog';
import type { Draft } from './draftRow';
import type { File } from './editorDraft';
import { FilePane } from './FilePane';
import { Counted, ParametersTable } from './ParametersTable';
import type { Template } from './template';
import { TemplateServices } from './TemplateCard';
import { TemplateSkeleton } from './TemplateSkeleton';
import { useDrafts } from './useDrafts';
import { named, type Reading, type Templates, useTemplates } from './useTemplates';

export function TemplatePage() {
  const templates = useTemplates();
  const isAdmin = useSession().role === 'Admin';
  return isAdmin ? (
    <AsAdmin templates={templates} />
  ) : (
    <Found templates={templates.templates} reading={templates} draft={undefined} />
  );
}

function AsAdmin({ templates }: { templates: Templates }) {
  const { slug } = useParams();
  const drafts = useDrafts();
  const reading: Reading = {
    isReading: templates.isReading || drafts.isReading,
    error: templates.error ?? drafts.error,
    readAgain: () => (templates.readAgain(), drafts.readAgain()),
  };
  const draft = drafts.drafts.find((each) => each.slug === slug);
  return <Found templates={templates.templates} reading={reading} draft={draft} />;
}

interface FoundProps {
  readonly templates: readonly Template[];
  readonly reading: Reading;
  /** For Admins: what is drafted, with the contents of the files. */
  readonly draft: Draft | undefined;
}

function Found({ templates, reading, draft }: FoundProps) {
  const { slug } = useParams();
  const published = named(templates, slug);
  const template = published ?? draft;
  useTitle(template?.name ?? 'Template');
  return (
    <>
      <header>
        <Breadcrumb
          places={[{ to: '/templates', label: 'Templates' }]}
          here={template?.name ?? 'Template'}
        />
        {template && <Header template={template} isPublished={Boolean(published)} draft={draft} />}
      </header>
      {template ? <Contents template={template} draft={draft} /> : <NotFound reading={reading} />}
    </>
  );
}

function NotFound({ reading: { isReading, error, readAgain } }: Pick<FoundProps, 'reading'>) {
  if (isReading) return <TemplateSkeleton />;
  if (error)
    return (
      <ErrorState isPage title="The template could not be read" error={error} onRetry={readAgain} />
    );
  return (
    <EmptyState
      isPage
      icon={<FileX />}
      title="Template not found"
      text="There is no template at this address."
    >
      <LinkButton to="/templates">Back to the templates</LinkButton>
    </EmptyState>
  );
}

interface HeaderProps {
  readonly template: Template;
  readonly isPublished: boolean;
  readonly draft: Draft | undefined;
}

function Header({ template, isPublished, draft }: HeaderProps) {
  const { name, slug, revision, description, isDeprecated, publishedAt } = template;
  const session = useSession();
  const [isDeprecating, setDeprecating] = useState(false);
  const copyId = useCopyId(template.id);
  const isLive = isPublished && !isDeprecated;
  return (
    <div className="page-header">
      <div>
        <PageTitle>
          {name} <TemplateState template={template} isPublished={isPublished} />
        </PageTitle>
        <p className="soft under-title">
          <code>{slug}</code>
          {revision > 0 && ` · revision ${revision}`}
          {publishedAt && (
            <>
              , published <RelativeTime at={publishedAt} />
            </>
          )}
          {description && ` · ${description}`}
        </p>
      </div>
      <div className="row">
        {isLive && mayCommand(session) && (
          <LinkButton to={`/projects/new/${slug}`} variation="primary" className="grow">
            Use template
          </LinkButton>
        )}
        {draft && !isDeprecated && (
          <LinkButton to={`/templates/${slug}/revise`} className="grow">
            <Pencil /> Revise
          </LinkButton>
        )}
        {draft && (
          <ActionsMenu
            label={isDeprecated ? 'More: copy id' : 'More: copy id, deprecate'}
            actions={[
              copyId,
              ...(isDeprecated
                ? []
                : [
                    {
                      label: 'Deprecate…',
                      icon: Ban,
                      danger: true,
                      apart: true,
                      onSelect: () => setDeprecating(true),
                    },
                  ]),
            ]}
          />
        )}
      </div>
      {isDeprecating && (
        <DeprecateDialog template={template} onClose={() => setDeprecating(false)} />
      )}
    </div>
  );
}

function TemplateState({ template, isPublished }: Omit<HeaderProps, 'draft'>) {
  if (template.isDeprecated)
    return (
      <StateBadge tone="off" icon={Ban}>
        Deprecated
      </StateBadge>
    );
  return isPublished ? (
    <StateBadge tone="ok">Published</StateBadge>
  ) : (
    <StateBadge tone="warn" icon={Pencil}>
      Draft
    </StateBadge>
  );
}

interface ContentsProps {
  readonly template: Template;
  readonly draft: Draft | undefined;
}

function Contents({ template, draft }: ContentsProps) {
  const { slug, isDeprecated, reason, revision } = template;
  // The contents are those of the draft: they are the published ones as long as it does not differ.
  const files = draft && !draft.differs ? draft.files : undefined;
  return (
    <>
      {isDeprecated && (
        <Alert variation="info" heading="Nobody can choose this template any more" hasIcon>
          {reason}
        </Alert>
      )}
      {draft?.differs && revision > 0 && !isDeprecated && (
        <Alert variation="info" heading={`There is a draft of revision ${draft.revision + 1}`}>
          What stands here is revision {revision}, which projects are made from.{' '}
          <Link to={`/templates/${slug}/revise`}>Open the draft</Link>
        </Alert>
      )}
      <Files template={template} files={revision > 0 ? files : draft?.files} />
      <ParametersTable parameters={template.parameters} files={files} />
      <Beginnings template={template} />
    </>
  );
}

interface FilesProps {
  readonly template: Template;
  readonly files: readonly File[] | undefined;
}

function Files({ template, files }: FilesProps) {
  const [query, setQuery] = useSearchParams();
  const { paths } = template;
  const path = query.get('path') ?? (files ? paths[0] : undefined);
  const file = files?.find((each) => each.path === path);
  return (
    <Panel title={<Counted title="Files" count={paths.length} />}>
      <div className={files ? 'files' : ''}>
        <FileTree
          label="Files"
          paths={paths}
          selected={path}
          onSelect={(chosen) =>
            setQuery({ path: chosen }, { replace: true, preventScrollReset: true })
          }
        />
        {files && (file ? <FilePane file={file} /> : <p className="body soft">Choose a file.</p>)}
      </div>
    </Panel>
  );
}

/** What projects of the template begin with, besides its files. */
function Beginnings({ template: { services, settings } }: Pick<ContentsProps, 'template'>) {
  return (
    <Panel title="Services and settings">
      <div className="body">
        <dl className="facts wide">
          <Fact name="Services">
            {services.length > 0 && <TemplateServices services={services} />}
          </Fact>
          <Fact name="Runtime">{settings.runtime}</Fact>
          <Fact name="Features">{settings.features?.join(', ')}</Fact>
          <Fact name="Environment">{Object.keys(settings.environment ?? {}).join(', ')}</Fact>
        </dl>
      </div>
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children || <span className="soft">none</span>}</dd>
    </>
  );
}
