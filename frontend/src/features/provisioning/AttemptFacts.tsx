import { Link } from 'react-router';
import type { Project, ProvisioningRun } from '../../api/readModels';
import { Panel } from '../../ui/Panel';
import { plainLines } from '../../ui/plain';
import { RelativeTime } from '../../ui/RelativeTime';
import { useHistoryPlace } from '../project/useHistoryPlace';
import { shownValue, type Value } from '../templates/parameters';
import { named, useTemplates } from '../templates/useTemplates';
import { givenOf } from './given';

interface AttemptFactsProps {
  readonly project: Project;
  readonly run: ProvisioningRun;
}

export function AttemptFacts({ project, run }: AttemptFactsProps) {
  const { attempt, startedAt, endedAt } = run;
  const history = useHistoryPlace(project);
  return (
    <>
      <Panel
        title="This attempt"
        footer={history && <Link to={history}>All events of this project</Link>}
      >
        <div className="body">
          <dl className="facts">
            <dt>Attempt</dt>
            <dd>{attempt}</dd>
            <dt>Template</dt>
            <dd>
              <TemplateLink reference={run.templateId} project={project} />
            </dd>
            <dt>Started</dt>
            <dd>
              <RelativeTime at={startedAt} />
            </dd>
            {endedAt && (
              <>
                <dt>Ended</dt>
                <dd>
                  <RelativeTime at={endedAt} />
                </dd>
              </>
            )}
          </dl>
        </div>
      </Panel>
      <Parameters run={run} />
    </>
  );
}

interface TemplateLinkProps {
  /** As it was wished for: a slug or an id. */
  readonly reference: string | null | undefined;
  readonly project: Project;
}

function TemplateLink({ reference, project }: TemplateLinkProps) {
  const { templates } = useTemplates();
  const template = named(templates, reference);
  const isPinned = template !== undefined && project.templateId === template.id;
  if (!template) return reference ? <code>{reference}</code> : <span className="soft">none</span>;
  return (
    <>
      <Link to={`/templates/${template.slug}`}>{template.name}</Link>
      {isPinned && project.templateRevision && `, revision ${project.templateRevision}`}
    </>
  );
}

/** The values that the code is made with: what people typed, as text. */
function Parameters({ run }: Pick<AttemptFactsProps, 'run'>) {
  const { templates } = useTemplates();
  const given = givenOf(run.parameters);
  const parameters = named(templates, run.templateId)?.parameters ?? [];
  const names = new Set([...parameters.map(({ name }) => name), ...Object.keys(given)]);
  const told = [...names].filter((name) => name in given);
  if (told.length === 0) return null;
  return (
    <Panel title="Parameters">
      <div className="body">
        <dl className="facts">
          {told.map((name) => (
            <div key={name} className="contents">
              <dt>{parameters.find((parameter) => parameter.name === name)?.label ?? name}</dt>
              <dd>{plainLines(shownValue(given[name] as Value))}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Panel>
  );
}
