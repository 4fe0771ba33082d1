import { Info } from 'lucide-react';
import type { Project, ProvisioningRun } from '../../api/readModels';
import { useAnnouncement } from '../../ui/Announcer';
import { Breadcrumb } from '../../ui/Breadcrumb';
import { LinkButton } from '../../ui/LinkButton';
import { PageTitle } from '../../ui/PageTitle';
import { StateBadge } from '../../ui/StateBadge';
import { ArchivePanel } from '../repository/ArchivePanel';
import { AttemptFacts } from './AttemptFacts';
import { EarlierAttempt } from './EarlierAttempt';
import { FailureBox } from './FailureBox';
import type { Places } from './places';
import { RunPanel } from './RunPanel';
import { RunState } from './RunState';
import { isUnderWay } from './run';
import { announcement } from './steps';
import { useNow } from './useNow';

interface AttemptsProps {
  readonly places: Places;
  readonly project: Project;
  /** The one that is shown. */
  readonly run: ProvisioningRun;
  readonly runs: readonly ProvisioningRun[];
}

export function Attempts({ project, run, runs, places }: AttemptsProps) {
  const now = useNow(runs.some(isUnderWay));
  useAnnouncement(announcement(run));
  const others = runs.filter((each) => each !== run);
  const isNewest = run === runs[0];
  const analysisAt = `/projects/${project.id}/analysis`;
  return (
    <>
      <header>
        <Breadcrumb places={places} here="Provisioning" />
        <Heading project={project} run={run} />
      </header>
      <FailureBox project={project} run={run} isNewest={isNewest} />
      <div className="two">
        <div className="stack tight">
          {run.status === 'COMPLETED' && <ArchivePanel project={project} isFirst />}
          <RunPanel
            run={run}
            title={runs.length > 1 ? `Attempt ${run.attempt}` : 'Steps'}
            now={now}
            analysisAt={analysisAt}
          />
          {others.map((each) => (
            <EarlierAttempt key={each.id} run={each} now={now} analysisAt={analysisAt} />
          ))}
        </div>
        <aside className="stack tight" aria-label="About this attempt">
          <AttemptFacts project={project} run={run} />
        </aside>
      </div>
      {run.status === 'RUNNING' && (
        <p className="soft with">
          <Info /> You may close this page. It goes on, and the project’s page shows how far it is.
        </p>
      )}
    </>
  );
}

function Heading({ project, run }: Pick<AttemptsProps, 'project' | 'run'>) {
  return (
    <div className="page-header">
      <PageTitle>
        {titleOf(project.name, run)} <RunState run={run} />
        {project.status === 'ARCHIVED' && <StateBadge tone="off">Archived</StateBadge>}
      </PageTitle>
      {run.status === 'COMPLETED' && (
        <LinkButton to={`/projects/${project.id}`}>Open project</LinkButton>
      )}
    </div>
  );
}

function titleOf(name: string, { status }: ProvisioningRun): string {
  switch (status) {
    case 'COMPLETED':
      return `${name} is ready`;
    case 'FAILED':
      return `${name} was not set up`;
    case 'RUNNING':
    case 'ABANDONED':
    case 'NONE':
      return `Setting up ${name}`;
  }
}
