import { Button } from '@aws-amplify/ui-react';
import { ArchiveRestore, Download, Pencil } from 'lucide-react';
import { useState } from 'react';
import { Outlet, useLocation, useNavigate, useParams } from 'react-router';
import type { Project } from '../../api/readModels';
import { visible } from '../../rows/rows';
import type { Unreadable } from '../../rows/unreadable';
import { projectKey, readProject, useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { Breadcrumb } from '../../ui/Breadcrumb';
import { CopyId } from '../../ui/CopyId';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { LinkButton } from '../../ui/LinkButton';
import { PageTitle } from '../../ui/PageTitle';
import { Bones, ListSkeleton, Skeleton } from '../../ui/Skeleton';
import { type Tab, TabsNav } from '../../ui/TabsNav';
import { useTitle } from '../../ui/useTitle';
import { FailureAlert } from '../commands/FailureAlert';
import { isOfAnalysis, isOfService, type Pending } from '../commands/pending';
import { PendingNote } from '../commands/PendingNote';
import { usePending } from '../commands/PendingProvider';
import { type OpenDialog, ProjectDialog } from '../projects/ProjectDialogs';
import { ProjectMenu } from '../projects/ProjectMenu';
import { ProjectState } from '../projects/ProjectState';
import { isProvisioned } from '../projects/state';
import { UnreadableNotice } from '../projects/UnreadableProject';
import { isArchive } from '../repository/repository';
import { explainDownload, useDownload } from '../repository/useDownload';
import { ReadOnlyNote } from '../session/ReadOnlyNote';
import { mayCommand } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { ProvisioningNote } from './ProvisioningNote';
import { useHistoryPlace } from './useHistoryPlace';
import type { ProjectContext } from './useProjectPage';

const PROJECTS = [{ to: '/projects', label: 'Projects' }];

/** The head of a project's page and its tabs; each tab is a page of its own below. */
export function ProjectPage() {
  const { projectId = '' } = useParams();
  const { pending } = usePending();
  const reading = useRead(projectKey(projectId), readProject(projectId));
  const project = visible(useRows('Project')).find(({ id }) => id === projectId);
  const own = pending.filter((each) => each.projectId === projectId);
  const unreadable = reading.data?.unreadable;
  if (unreadable && unreadable.version > (project?.version ?? 0))
    return <UnreadableProject key={projectId} row={unreadable} />;
  if (project) return <ProjectDetail key={projectId} project={project} pending={own} />;
  return (
    <NoProject
      isLoading={reading.isPending}
      error={reading.error}
      pending={own}
      onRetry={() => void reading.refetch()}
    />
  );
}

/** Its history is made of events, which today's schema of rows has nothing to do with. */
function UnreadableProject({ row }: { row: Unreadable }) {
  useTitle('Project');
  const isHistory = useLocation().pathname.includes('/history');
  return (
    <>
      <header>
        <Breadcrumb places={PROJECTS} here="Project" />
        <PageTitle>{isHistory ? 'History of a project' : 'Project'}</PageTitle>
      </header>
      <UnreadableNotice id={row.id} isHistory={isHistory} />
      {isHistory && <Outlet context={{ project: row }} />}
    </>
  );
}

interface NoProjectProps {
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly pending: readonly Pending[];
  readonly onRetry: () => void;
}

function NoProject({ isLoading, error, pending, onRetry }: NoProjectProps) {
  useTitle('Project');
  const [first] = pending;
  if (first)
    return (
      <>
        <PageTitle>{first.name}</PageTitle>
        <PendingNote pending={first} />
      </>
    );
  if (isLoading) return <LoadingProject />;
  if (error)
    return (
      <ErrorState isPage title="The project could not be read" error={error} onRetry={onRetry} />
    );
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

function LoadingProject() {
  return (
    <>
      <Skeleton label="Reading the project">
        <Bones count={1} width="16rem" />
      </Skeleton>
      <ListSkeleton label="" lines={4} />
    </>
  );
}

function ProjectDetail({ project, pending }: Pick<ProjectContext, 'project' | 'pending'>) {
  useTitle(project.name);
  const [open, setOpen] = useState<OpenDialog>();
  const navigate = useNavigate();
  const session = useSession();
  const mayChange = mayCommand(session) && !pending.some(({ kind }) => kind === 'delete-project');
  const context: ProjectContext = {
    project,
    pending,
    onOpen:
      mayChange && project.status === 'ACTIVE' && !isProvisioned(project) ? setOpen : undefined,
  };
  return (
    <>
      <ProjectHeader project={project} pending={pending} onOpen={mayChange ? setOpen : undefined} />
      {!mayCommand(session) && <ReadOnlyNote />}
      {project.status === 'ARCHIVED' && (
        <Archived pending={pending} onOpen={mayChange ? setOpen : undefined} />
      )}
      <ProvisioningNote project={project} />
      <ProjectTabs project={project} />
      <Outlet context={context} />
      {open && (
        <ProjectDialog
          open={open}
          project={project}
          onClose={() => setOpen(undefined)}
          onOpen={setOpen}
          onDone={(action) => {
            if (action === 'delete-project') void navigate('/projects');
          }}
        />
      )}
    </>
  );
}

function ProjectHeader({ project, pending, onOpen }: ProjectContext) {
  const [{ isAsking, failure }, download] = useDownload(project.id);
  // The tab of the repository has the archive itself.
  const isElsewhere = !useLocation().pathname.endsWith('/repository');
  const own = pending.filter((each) => !isOfService(each) && !isOfAnalysis(each));
  const isBusy = pending.some((each) => !isOfAnalysis(each));
  return (
    <header>
      <Breadcrumb places={PROJECTS} here={project.name} />
      <div className="page-header">
        <div>
          <PageTitle>
            {project.name} <ProjectState project={project} isTitle />
          </PageTitle>
          <p className="soft description">
            {project.description || 'No description'} <CopyId id={project.id} of={project.name} />
          </p>
        </div>
        <div className="row">
          {isArchive(project) && isElsewhere && (
            <Button onClick={download} isLoading={isAsking} loadingText="Asking for the link…">
              <Download /> Download
            </Button>
          )}
          {onOpen && project.status === 'ACTIVE' && (
            <Button onClick={() => onOpen({ kind: 'change' })} isDisabled={isBusy}>
              <Pencil /> Edit
            </Button>
          )}
          <ProjectMenu project={project} onOpen={onOpen} isBusy={isBusy} />
        </div>
      </div>
      {failure && isElsewhere && (
        <FailureAlert failure={failure} explanation={explainDownload(failure)} onRetry={download} />
      )}
      {own.map((each) => (
        <PendingNote key={each.commandId} pending={each} />
      ))}
    </header>
  );
}

function Archived({ pending, onOpen }: Pick<ProjectContext, 'pending' | 'onOpen'>) {
  return (
    <div className="archived-note row">
      <p>This project is archived. It can be read, but takes no changes until it is restored.</p>
      {onOpen && (
        <Button
          className="push"
          isDisabled={pending.some((each) => !isOfAnalysis(each))}
          onClick={() => onOpen({ kind: 'restore-project' })}
        >
          <ArchiveRestore /> Restore
        </Button>
      )}
    </div>
  );
}

function ProjectTabs({ project }: { project: Project }) {
  const mayReadHistory = useHistoryPlace(project) !== undefined;
  const tabs: Tab[] = [
    { to: '', label: 'Overview' },
    { to: 'services', label: 'Services', count: project.serviceCount },
    { to: 'deployments', label: 'Deployments', count: project.deploymentCount },
    { to: 'activity', label: 'Activity' },
    { to: 'analysis', label: 'Analysis' },
    { to: 'repository', label: 'Repository' },
    ...(mayReadHistory ? [{ to: 'history', label: 'History' }] : []),
  ];
  return <TabsNav label="Project" base={`/projects/${project.id}`} tabs={tabs} />;
}
