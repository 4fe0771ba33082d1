import { Button } from '@aws-amplify/ui-react';
import { File, SearchX } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import { useAnnouncement } from '../../ui/Announcer';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Segments } from '../../ui/Segments';
import { type Kind, matching, type Template } from '../templates/template';
import { TemplateCard } from '../templates/TemplateCard';
import { FindTemplate } from '../templates/TemplateFilter';
import { TemplateSkeleton } from '../templates/TemplateSkeleton';
import { useNewProject } from './context';
import { WITHOUT_TEMPLATE } from './draft';

const KINDS = [
  { value: 'ALL', label: 'All' },
  { value: 'API', label: 'API' },
  { value: 'FRONTEND', label: 'Front end' },
  { value: 'WORKER', label: 'Worker' },
] as const;

/** The first page of a new project: what it starts from. */
export function GalleryStep() {
  const [query, setQuery] = useSearchParams();
  const kind = KINDS.find(({ value }) => value === query.get('kind'))?.value ?? 'ALL';
  const words = query.get('q') ?? '';
  const filter = (wanted: { kind?: Kind; q?: string }): void => {
    const filters = { kind, q: words, ...wanted };
    setQuery(
      Object.entries(filters).filter(([, value]) => value !== '' && value !== 'ALL'),
      { replace: true, preventScrollReset: true },
    );
  };
  return (
    <>
      <div className="row">
        <Segments
          label="Kind"
          value={kind}
          options={KINDS}
          onChange={(chosen) => filter({ kind: chosen })}
        />
        <FindTemplate words={words} onChange={(q) => filter({ q })} />
      </div>
      <Templates kind={kind} words={words} onReset={() => filter({ kind: 'ALL', q: '' })} />
    </>
  );
}

interface TemplatesProps {
  readonly kind: Kind;
  readonly words: string;
  readonly onReset: () => void;
}

function Templates({ kind, words, onReset }: TemplatesProps) {
  const { templates, isReading, error, readAgain } = useNewProject().templates;
  const published = templates.filter(({ isDeprecated }) => !isDeprecated);
  const found = matching(published, kind, words);
  if (published.length === 0 && isReading) return <TemplateSkeleton />;
  return (
    <>
      {published.length === 0 && Boolean(error) && (
        <ErrorState title="The templates could not be read" error={error} onRetry={readAgain} />
      )}
      {published.length === 0 && !error && <NoneYet />}
      {published.length > 0 && found.length === 0 && (
        <EmptyState
          icon={<SearchX />}
          title="No template fits"
          text="Other words or another kind may find one."
        >
          <Button onClick={onReset}>Show all templates</Button>
        </EmptyState>
      )}
      <ul className="cards wide-cards" aria-label="Templates">
        {found.map((template: Template) => (
          <TemplateCard key={template.id} template={template} to={template.slug} />
        ))}
        <WithoutTemplate />
      </ul>
    </>
  );
}

function NoneYet() {
  const words = 'No template is published yet. Admins publish them.';
  useAnnouncement(words);
  return <p className="soft">{words}</p>;
}

function WithoutTemplate() {
  return (
    <li className="card dashed">
      <div className="row">
        <span className="tile off" aria-hidden="true">
          <File />
        </span>
        <h2>
          <Link className="cover" to={WITHOUT_TEMPLATE}>
            Without a template
          </Link>
        </h2>
      </div>
      <p className="soft">
        An empty project: record services, repository and deployments of code that you have already.
      </p>
    </li>
  );
}
