import { Button } from '@aws-amplify/ui-react';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, Navigate, useParams } from 'react-router';
import { LinkButton } from '../../ui/LinkButton';
import { Panel } from '../../ui/Panel';
import { FailureAlert } from '../commands/FailureAlert';
import { useWaitingWords } from '../commands/useWaitingWords';
import { SERVICE_TYPES } from '../services/serviceTypes';
import { shownValue, type Parameter } from '../templates/parameters';
import type { Template } from '../templates/template';
import { named } from '../templates/useTemplates';
import { chosenOf } from './chosen';
import { useNewProject } from './context';
import {
  checkNewProject,
  type Chosen,
  featuresOf,
  fieldsFor,
  type NewProject,
  runtimeOf,
  WITHOUT_TEMPLATE,
} from './draft';
import { FEATURE_WORDS } from './features';
import { NextSteps } from './NextSteps';
import { NoSuchTemplate } from './NoSuchTemplate';
import { valueOf } from './parameterForm';
import { regionName } from './regions';
import { successorOf } from './runtimes';

/** The last page of a new project: everything once more, and what will happen. */
export function ReviewStep() {
  const { slug = '' } = useParams();
  const { draft, templates } = useNewProject();
  const template = named(templates.templates, slug);
  const chosen = chosenOf(template);
  if (slug !== WITHOUT_TEMPLATE && (!template || template.isDeprecated))
    return <NoSuchTemplate templates={templates} template={template} />;
  // Somebody came here by the address, or the template has changed meanwhile.
  if (checkNewProject(draft, chosen).size > 0)
    return <Navigate to={`/projects/new/${slug}`} replace />;
  return <Review slug={slug} template={template} chosen={chosen} />;
}

interface ReviewProps {
  readonly slug: string;
  readonly template: Template | undefined;
  readonly chosen: Chosen | undefined;
}

function Review({ slug, template, chosen }: ReviewProps) {
  const { draft, command, faults, onCreate } = useNewProject();
  const waiting = useWaitingWords(command);
  const change = `/projects/new/${slug}`;
  return (
    <div className={template ? 'two' : ''}>
      <div className="stack tight">
        <FailureAlert failure={command.failure} others={faults?.others ?? []} />
        {template && <TemplatePart template={template} />}
        <ProjectPart draft={draft} chosen={chosen} change={change} />
        {chosen && chosen.parameters.length > 0 && (
          <ParametersPart draft={draft} chosen={chosen} change={change} />
        )}
        {!chosen && draft.services.length > 0 && <ServicesPart draft={draft} change={change} />}
        <div className="row sticky-foot end">
          <span className="retry-note">{waiting}</span>
          <LinkButton to={change}>Back</LinkButton>
          <Button
            variation="primary"
            isLoading={command.sending}
            loadingText="Creating…"
            onClick={() => onCreate(slug)}
          >
            <Plus /> Create project
          </Button>
        </div>
      </div>
      {template && <NextSteps template={template} />}
    </div>
  );
}

interface PartProps {
  readonly title: string;
  readonly change: string;
  readonly children: ReactNode;
}

function Part({ title, change, children }: PartProps) {
  const link = (
    <Link className="sm" to={change}>
      Change<span className="hidden"> {title.toLowerCase()}</span>
    </Link>
  );
  return (
    <Panel title={title} aside={link}>
      <div className="body">
        <dl className="facts wide">{children}</dl>
      </div>
    </Panel>
  );
}

function TemplatePart({ template: { name, slug, revision } }: { template: Template }) {
  return (
    <Part title="Template" change="/projects/new">
      <dt>Template</dt>
      <dd>
        {name} <code className="soft">{slug}</code>
      </dd>
      <dt>Revision</dt>
      <dd>{revision}</dd>
    </Part>
  );
}

interface DraftPartProps {
  readonly draft: NewProject;
  readonly change: string;
}

function ProjectPart({ draft, chosen, change }: DraftPartProps & Pick<ReviewProps, 'chosen'>) {
  const runtime = runtimeOf(draft, chosen);
  const features = featuresOf(draft, chosen);
  return (
    <Part title="Project" change={change}>
      <dt>Name</dt>
      <dd>
        <strong>{draft.name.trim()}</strong>
      </dd>
      <dt>Description</dt>
      <dd className="lines">{draft.description.trim() || <None />}</dd>
      <dt>Region</dt>
      <dd>{draft.region ? regionName(draft.region) : <None />}</dd>
      <dt>Runtime</dt>
      <dd>
        {runtime ? <RuntimeName runtime={runtime} isScaffolded={chosen !== undefined} /> : <None />}
      </dd>
      <dt>Features</dt>
      <dd>
        <Tags values={features.map((feature) => FEATURE_WORDS[feature] ?? feature)} />
      </dd>
    </Part>
  );
}

function RuntimeName({ runtime, isScaffolded }: { runtime: string; isScaffolded: boolean }) {
  const successor = successorOf(runtime);
  if (!successor || !isScaffolded) return runtime;
  return (
    <>
      {successor} <span className="soft">in place of {runtime}, which AWS has retired</span>
    </>
  );
}

function ParametersPart({ draft, chosen, change }: DraftPartProps & { readonly chosen: Chosen }) {
  const fields = fieldsFor(draft, chosen);
  return (
    <Part title="Parameters" change={change}>
      {chosen.parameters.map((parameter) => (
        <ParameterValue
          key={parameter.name}
          parameter={parameter}
          value={valueOf(parameter, fields) ?? parameter.default}
        />
      ))}
    </Part>
  );
}

interface ParameterValueProps {
  readonly parameter: Parameter;
  readonly value: ReturnType<typeof valueOf> | null;
}

function ParameterValue({ parameter, value }: ParameterValueProps) {
  return (
    <>
      <dt>{parameter.label}</dt>
      <dd>
        {Array.isArray(value) ? (
          <Tags values={value as readonly string[]} />
        ) : parameter.type === 'TEXT' && value ? (
          <code className="lines">{String(value)}</code>
        ) : (
          shownValue(value)
        )}
      </dd>
    </>
  );
}

function ServicesPart({ draft, change }: DraftPartProps) {
  return (
    <Part title="Services" change={change}>
      {draft.services.map(({ serviceName, serviceType }) => (
        <div key={serviceName} className="contents">
          <dt>{SERVICE_TYPES[serviceType].label}</dt>
          <dd>{serviceName.trim()}</dd>
        </div>
      ))}
    </Part>
  );
}

function Tags({ values }: { values: readonly string[] }) {
  if (values.length === 0) return <None />;
  return (
    <span className="row">
      {values.map((value) => (
        <span key={value} className="tag">
          {value}
        </span>
      ))}
    </span>
  );
}

const None = () => <span className="soft">none</span>;
