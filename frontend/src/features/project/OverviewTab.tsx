import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Project } from '../../api/readModels';
import { visible } from '../../rows/rows';
import { projectKey, readProject, useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';
import { Panel } from '../../ui/Panel';
import { plain, plainLines } from '../../ui/plain';
import { RelativeTime } from '../../ui/RelativeTime';
import { Bones, Skeleton } from '../../ui/Skeleton';
import { DeploymentTable } from '../deployments/DeploymentTable';
import { DEPLOYMENT_STATUS } from '../deployments/status';
import { useDeployments } from '../deployments/useDeployments';
import { variablesOf } from '../projects/configuration';
import { Owner } from '../projects/Owner';
import { TemplateName } from '../projects/TemplateName';
import { NoServices } from '../services/NoServices';
import { SERVICE_TYPES } from '../services/serviceTypes';
import { useSession } from '../session/SessionProvider';
import { percent } from './percent';
import { useHistoryPlace } from './useHistoryPlace';
import { useProjectPage } from './useProjectPage';

const SHOWN = 4;

/** All that is known of a project, at a glance. */
export function OverviewTab() {
  useWatch('Deployment');
  const { project } = useProjectPage();
  return (
    <>
      <Figures project={project} />
      <div className="two">
        <div className="stack">
          <LastDeployments project={project} />
          <Services project={project} />
        </div>
        <About project={project} />
      </div>
    </>
  );
}

function Figures({ project }: { project: Project }) {
  const { lastDeploymentStatus: status, lastDeploymentEnvironment, lastDeployedAt } = project;
  const { deploymentsSucceeded, deploymentsFailed, deploymentCount, successRate } = project;
  const ended = deploymentsSucceeded + deploymentsFailed;
  const running = deploymentCount - ended;
  return (
    <dl className="panel stats">
      <Figure
        term="Last deployment"
        isWord
        note={
          lastDeployedAt ? (
            <>
              {lastDeploymentEnvironment}, <RelativeTime at={lastDeployedAt} />
            </>
          ) : (
            'Deployments appear here when they are reported.'
          )
        }
      >
        {status ? <Status status={status} /> : 'Never'}
      </Figure>
      <Figure
        term="Success rate"
        note={ended ? `${deploymentsSucceeded} of ${ended} that ended` : 'None has ended yet.'}
      >
        {typeof successRate === 'number' ? percent(successRate) : '–'}
      </Figure>
      <Figure term="Deployments" note={running > 0 ? `${running} running` : 'None is running.'}>
        {deploymentCount}
      </Figure>
      <Figure term="Recorded events" note={`Version ${project.version}`}>
        {project.totalEvents}
      </Figure>
    </dl>
  );
}

function Status({ status }: { status: NonNullable<Project['lastDeploymentStatus']> }) {
  const { icon: Icon, colour, word } = DEPLOYMENT_STATUS[status];
  return (
    <>
      <Icon className={colour} /> {word}
    </>
  );
}

interface FigureProps {
  readonly term: string;
  readonly note: ReactNode;
  readonly isWord?: boolean;
  readonly children: ReactNode;
}

function Figure({ term, note, isWord = false, children }: FigureProps) {
  return (
    <div>
      <dt className="soft sm">{term}</dt>
      <dd className={isWord ? 'figure word' : 'figure'}>{children}</dd>
      <dd className="soft sm">{note}</dd>
    </div>
  );
}

function LastDeployments({ project }: { project: Project }) {
  const { deployments, query } = useDeployments(project.id, {});
  const shown = deployments.slice(0, SHOWN);
  const history = useHistoryPlace(project);
  return (
    <Panel
      title="Last deployments"
      aside={
        shown.length > 0 && (
          <Link className="sm" to={`/projects/${project.id}/deployments`}>
            All {project.deploymentCount}
          </Link>
        )
      }
    >
      {shown.length > 0 && (
        <DeploymentTable
          caption="The last deployments, newest first"
          deployments={shown}
          history={history}
        />
      )}
      {shown.length === 0 &&
        (query.isPending ? (
          <Skeleton label="Reading the deployments">
            <div className="body stack tight">
              <Bones count={3} width="60%" />
            </div>
          </Skeleton>
        ) : (
          <p className="body soft">
            {query.error
              ? 'The deployments could not be read; the page tries again by itself.'
              : 'Not deployed yet.'}
          </p>
        ))}
    </Panel>
  );
}

function Services({ project }: { project: Project }) {
  const services = visible(useRows('Service')).filter(({ projectId }) => projectId === project.id);
  const reading = useRead(projectKey(project.id), readProject(project.id));
  const to = `/projects/${project.id}/services`;
  return (
    <Panel
      title={
        <>
          Services <span className="count">{project.serviceCount}</span>
        </>
      }
      aside={
        <Link className="sm" to={to}>
          All services
        </Link>
      }
    >
      {services.length === 0 ? (
        <NoServices reading={reading}>
          <Link to={to}>Services</Link>
        </NoServices>
      ) : (
        <ul className="lines">
          {services.slice(0, SHOWN).map(({ id, name, type }) => {
            const { icon: Icon, label, tone } = SERVICE_TYPES[type];
            return (
              <li key={id} className="line">
                <span className={`tile small ${tone}`}>
                  <Icon />
                </span>
                <strong className="grow">{name}</strong>
                <span className="soft">{label}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}

function About({ project }: { project: Project }) {
  const session = useSession();
  const { templateName, templateRevision, runtime, region, features } = project;
  const variables = variablesOf(project);
  return (
    <Panel title="About">
      <dl className="facts body">
        <Fact term="Template">
          <TemplateName project={project} />
          {templateName && templateRevision && `, revision ${templateRevision}`}
        </Fact>
        <Fact term="Runtime">{runtime}</Fact>
        <Fact term="Region">{region}</Fact>
        <Fact term="Features">
          {(features ?? []).length > 0 && (
            <span className="row">
              {(features ?? []).map((feature) => (
                <span key={feature} className="tag">
                  {feature}
                </span>
              ))}
            </span>
          )}
        </Fact>
        <Fact term="Variables">
          {variables.length > 0 && (
            <details>
              <summary>{variables.length} set</summary>
              <ul>
                {variables.map(({ name, value }) => (
                  <li key={name}>
                    <code>
                      {plain(name)}={plainLines(value)}
                    </code>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </Fact>
        <Fact term="Repository">
          <Repository project={project} />
        </Fact>
        <Fact term="Owner">
          {project.userId === session.userId ? session.email : <Owner project={project} />}
        </Fact>
        <Fact term="Created">
          <RelativeTime at={project.createdAt} />
        </Fact>
        <Fact term="Changed">
          <RelativeTime at={project.updatedAt} />
        </Fact>
        <Fact term="Version">{project.version}</Fact>
      </dl>
    </Panel>
  );
}

/** An archive is downloaded; any other address is what people wrote, and so it is text. */
function Repository({ project }: { project: Project }) {
  const { id, repositoryProvider, repositoryUrl, repositoryFiles } = project;
  if (!repositoryUrl) return <span className="soft">Not set</span>;
  if (repositoryProvider !== 'ARCHIVE') return <code>{repositoryUrl}</code>;
  const files = repositoryFiles ? `, ${repositoryFiles} files` : '';
  return <Link to={`/projects/${id}/repository`}>Private archive{files}</Link>;
}

/** A term and what is known under it; what is not set is said to be so. */
function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children || <span className="soft">Not set</span>}</dd>
    </>
  );
}
