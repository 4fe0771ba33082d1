import { useParams, useSearchParams } from 'react-router';
import type { Project, ProvisioningRun } from '../../api/readModels';
import { visible } from '../../rows/rows';
import { projectKey, readProject, useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { Breadcrumb } from '../../ui/Breadcrumb';
import { CannotBeShown } from '../../ui/CannotBeShown';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { LinkButton } from '../../ui/LinkButton';
import { PageTitle } from '../../ui/PageTitle';
import { useTitle } from '../../ui/useTitle';
import { PendingNote } from '../commands/PendingNote';
import { usePending } from '../commands/PendingProvider';
import { useHistoryPlace } from '../project/useHistoryPlace';
import { UnreadableNotice } from '../projects/UnreadableProject';
import { Attempts } from './Attempts';
import { StepsSkeleton } from './StepsSkeleton';
import type { Places } from './places';
import { useRuns } from './useRuns';

/** How a project is being set up from its template, or how it was. */
export function ProvisioningPage() {
  const { projectId = '' } = useParams();
  const reading = useRead(projectKey(projectId), readProject(projectId));
  const project = visible(useRows('Project')).find(({ id }) => id === projectId);
  const runs = useRuns(projectId);
  const history = useHistoryPlace(project);
  const name = project?.name ?? 'Project';
  useTitle(`${name}: provisioning`);
  const places = [
    { to: '/projects', label: 'Projects' },
    { to: `/projects/${projectId}`, label: name },
  ];
  const unreadable = reading.data?.unreadable;
  if (unreadable && unreadable.version > (project?.version ?? 0))
    return <Unreadable id={projectId} places={places} />;
  return (
    <>
      {runs.unreadable.map(({ id }) => (
        <div key={id} className="panel broken">
          <CannotBeShown what="attempt" id={id} history={history} />
        </div>
      ))}
      {project && runs.runs.length > 0 ? (
        <Chosen project={project} runs={runs.runs} places={places} />
      ) : (
        <Nothing
          places={places}
          projectId={projectId}
          project={project}
          hasUnreadable={runs.unreadable.length > 0}
          isReading={reading.isPending || runs.isReading}
          error={reading.error ?? runs.error}
          onRetry={() => (void reading.refetch(), runs.readAgain())}
        />
      )}
    </>
  );
}

function Unreadable({ id, places }: { id: string; places: Places }) {
  return (
    <>
      <header>
        <Breadcrumb places={places} here="Provisioning" />
        <PageTitle>Provisioning</PageTitle>
      </header>
      <UnreadableNotice id={id} isHistory={false} />
    </>
  );
}

interface ChosenProps {
  readonly places: Places;
  readonly project: Project;
  readonly runs: readonly ProvisioningRun[];
}

/** The address may name an earlier attempt. */
function Chosen({ project, runs, places }: ChosenProps) {
  const [query] = useSearchParams();
  const wanted = Number(query.get('attempt'));
  const run = runs.find(({ attempt }) => attempt === wanted) ?? runs[0];
  return run && <Attempts project={project} run={run} runs={runs} places={places} />;
}

interface NothingProps {
  readonly places: Places;
  readonly projectId: string;
  readonly project: Project | undefined;
  /** Attempts that are there, but that cannot be shown. */
  readonly hasUnreadable: boolean;
  readonly isReading: boolean;
  readonly error: unknown;
  readonly onRetry: () => void;
}

function Nothing(props: NothingProps) {
  const { projectId, project, hasUnreadable, isReading, error, places, onRetry } = props;
  const { pending } = usePending();
  const own = pending.find((each) => each.projectId === projectId);
  if (own || (!error && project && project.provisioning !== 'NONE'))
    return (
      <>
        <header>
          <Breadcrumb places={places} here="Provisioning" />
          <PageTitle>Setting up {project?.name ?? own?.name}</PageTitle>
        </header>
        {own && <PendingNote pending={own} />}
        {(own || isReading || !hasUnreadable) && <StepsSkeleton />}
      </>
    );
  if (error)
    return (
      <ErrorState
        isPage
        title="The provisioning could not be read"
        error={error}
        onRetry={onRetry}
      />
    );
  if (isReading) return <StepsSkeleton />;
  return project ? <NeverProvisioned project={project} /> : <NoProject />;
}

function NeverProvisioned({ project }: { project: Project }) {
  return (
    <EmptyState
      isPage
      title={`${project.name} was not set up from a template`}
      text="Its services, its repository and its deployments are recorded by those who work on it."
    >
      <LinkButton to={`/projects/${project.id}`}>Open project</LinkButton>
    </EmptyState>
  );
}

function NoProject() {
  return (
    <EmptyState
      isPage
      title="Project not found"
      text="There is no such project, or it belongs to somebody else."
    >
      <LinkButton to="/projects">Back to the projects</LinkButton>
    </EmptyState>
  );
}
