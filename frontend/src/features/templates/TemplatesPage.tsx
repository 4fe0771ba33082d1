import { Button } from '@aws-amplify/ui-react';
import { FileCode, FilePenLine, Pencil, Plus, SearchX } from 'lucide-react';
import { useSearchParams } from 'react-router';
import { CannotBeShown } from '../../ui/CannotBeShown';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { LinkButton } from '../../ui/LinkButton';
import { PageTitle } from '../../ui/PageTitle';
import { Segments } from '../../ui/Segments';
import { StateBadge } from '../../ui/StateBadge';
import { useTitle } from '../../ui/useTitle';
import { useSession } from '../session/SessionProvider';
import type { Draft } from './draftRow';
import { matching, type Template } from './template';
import { TemplateCard } from './TemplateCard';
import { FindTemplate } from './TemplateFilter';
import { TemplateSkeleton } from './TemplateSkeleton';
import { type Drafts, useDrafts } from './useDrafts';
import { useTemplates } from './useTemplates';

type Shown = 'published' | 'drafts' | 'deprecated';

/** What a project can start from. */
export function TemplatesPage() {
  useTitle('Templates');
  const isAdmin = useSession().role === 'Admin';
  return (
    <>
      <header className="page-header">
        <div>
          <PageTitle>Templates</PageTitle>
          <p className="soft">What a project can start from. Everybody may use published ones.</p>
        </div>
        {isAdmin && (
          <LinkButton to="/templates/new" variation="primary">
            <Plus /> New template
          </LinkButton>
        )}
      </header>
      {isAdmin ? <WithDrafts /> : <List drafts={undefined} />}
    </>
  );
}

/** Only an Admin asks for drafts: AppSync would refuse everybody else. */
function WithDrafts() {
  return <List drafts={useDrafts()} />;
}

interface ListProps {
  /** Undefined for those who may see none. */
  readonly drafts: Drafts | undefined;
}

function List({ drafts }: ListProps) {
  const templates = useTemplates();
  const [query, setQuery] = useSearchParams();
  const lists = listsOf(templates.templates, drafts?.drafts);
  const options = OPTIONS.filter(({ value }) => lists[value]);
  const shown = options.find(({ value }) => value === query.get('status'))?.value ?? 'published';
  const { isReading, error, readAgain } = (shown === 'drafts' && drafts) || templates;
  const words = query.get('q') ?? '';
  const filter = (status: Shown, q: string): void =>
    setQuery(
      [
        ...(status === 'published' ? [] : [['status', status] as [string, string]]),
        ...(q === '' ? [] : [['q', q] as [string, string]]),
      ],
      { replace: true, preventScrollReset: true },
    );
  const found = matching(lists[shown] ?? [], 'ALL', words);
  return (
    <>
      <div className="row">
        <Segments
          label="Which templates"
          value={shown}
          options={options.map((option) => ({
            ...option,
            count: lists[option.value]?.length,
          }))}
          onChange={(chosen) => filter(chosen, words)}
        />
        <FindTemplate words={words} onChange={(q) => filter(shown, q)} />
      </div>
      {templates.unreadable.map(({ id }) => (
        <div key={id} className="panel broken">
          <CannotBeShown what="template" id={id} />
        </div>
      ))}
      {found.length > 0 ? (
        <ul className="cards wide-cards" aria-label="Templates">
          {found.map((template) => (
            <TemplateCard
              key={template.id}
              template={template}
              to={placeOf(template, shown)}
              badge={<DraftBadge draft={drafts?.drafts.find(({ id }) => id === template.id)} />}
            />
          ))}
        </ul>
      ) : (
        <Nothing
          shown={shown}
          isFiltered={words !== '' && (lists[shown]?.length ?? 0) > 0}
          isReading={isReading}
          error={error}
          onRetry={readAgain}
          onReset={() => filter(shown, '')}
        />
      )}
    </>
  );
}

const OPTIONS: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: 'published', label: 'Published' },
  { value: 'drafts', label: 'Drafts' },
  { value: 'deprecated', label: 'Deprecated' },
];

/** Drafts are listed for those who may see them: what is not, or not so, published. */
function listsOf(
  templates: readonly Template[],
  drafts: readonly Draft[] | undefined,
): Partial<Record<Shown, readonly Template[]>> {
  return {
    published: templates.filter(({ isDeprecated }) => !isDeprecated),
    ...(drafts && {
      drafts: drafts.filter(({ differs, isDeprecated }) => differs && !isDeprecated),
    }),
    deprecated: templates.filter(({ isDeprecated }) => isDeprecated),
  };
}

const placeOf = ({ slug }: Template, shown: Shown): string =>
  shown === 'drafts' ? `/templates/${slug}/revise` : `/templates/${slug}`;

function DraftBadge({ draft }: { draft: Draft | undefined }) {
  if (!draft?.differs || draft.isDeprecated) return null;
  return (
    <StateBadge tone="warn" icon={Pencil}>
      Draft of revision {draft.revision + 1}
    </StateBadge>
  );
}

interface NothingProps {
  readonly shown: Shown;
  readonly isFiltered: boolean;
  readonly isReading: boolean;
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly onReset: () => void;
}

function Nothing({ shown, isFiltered, isReading, error, onRetry, onReset }: NothingProps) {
  if (isFiltered)
    return (
      <EmptyState
        icon={<SearchX />}
        title="No template fits"
        text="Other words may find one, and so may another list."
      >
        <Button onClick={onReset}>Show all templates</Button>
      </EmptyState>
    );
  if (isReading) return <TemplateSkeleton />;
  if (error)
    return (
      <ErrorState
        title={`The ${shown === 'drafts' ? 'drafts' : 'templates'} could not be read`}
        error={error}
        onRetry={onRetry}
      />
    );
  switch (shown) {
    case 'drafts':
      return (
        <EmptyState
          icon={<FilePenLine />}
          title="No drafts"
          text="A draft is seen by Admins only. Start one from files of your own or by revising a published template."
        >
          <LinkButton to="/templates/new" variation="primary">
            <Plus /> New template
          </LinkButton>
        </EmptyState>
      );
    case 'deprecated':
      return (
        <EmptyState
          icon={<FileCode />}
          title="Nothing deprecated"
          text="Templates that nobody can choose any more are kept here, with the reason."
        />
      );
    case 'published':
      return (
        <EmptyState
          icon={<FileCode />}
          title="No templates yet"
          text="Templates appear here as soon as an Admin publishes one."
        />
      );
  }
}
