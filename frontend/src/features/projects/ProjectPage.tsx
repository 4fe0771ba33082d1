import { Badge, Button } from '@aws-amplify/ui-react';
import { useCallback, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Project } from '../../api/readModels';
import { useReadModels } from '../../rows/ReadModelsProvider';
import { visible } from '../../rows/rows';
import { type Reading, useReading } from '../../rows/useReading';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { ArchiveIcon, ChevronIcon, EditIcon } from '../../ui/icons';
import { LoadingPage } from '../../ui/LoadingPage';
import { RelativeTime } from '../../ui/RelativeTime';
import { useTitle } from '../../ui/useTitle';
import { PendingNote } from '../commands/PendingNote';
import type { Pending } from '../commands/pending';
import { usePending } from '../commands/PendingProvider';
import { useCatchUp } from '../connection/useCatchUp';
import { AddServiceDialog } from '../services/AddServiceDialog';
import { ServiceList } from '../services/ServiceList';
import { ReadOnlyNote } from '../session/ReadOnlyNote';
import { mayCommand } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { ArchiveProjectDialog } from './ArchiveProjectDialog';
import { ChangeProjectDialog } from './ChangeProjectDialog';

export function ProjectPage() {
  const { projectId = '' } = useParams();
  const { projects, connection } = useReadModels();
  const { pending } = usePending();
  const [reading, read] = useProjectReading(projectId);
  useCatchUp(connection, reading, read);
  const project = visible(projects).find(({ id }) => id === projectId);
  const own = pending.filter((each) => each.projectId === projectId);
  return (
    <main className="page">
      <nav className="breadcrumb" aria-label="Breadcrumb">
        <Link to="/">Projects</Link> <ChevronIcon />
        <span aria-current="page">{project?.name ?? 'Project'}</span>
      </nav>
      {project ? (
        <ProjectDetail project={project} pending={own} />
      ) : (
        <NoProject reading={reading} pending={own} onRetry={read} />
      )}
    </main>
  );
}

function useProjectReading(id: string): [Reading, () => void] {
  const { readProject } = useReadModels();
  return useReading(useCallback(async () => void (await readProject(id)), [id, readProject]));
}

interface NoProjectProps {
  readonly reading: Reading;
  readonly pending: readonly Pending[];
  readonly onRetry: () => void;
}

function NoProject({ reading, pending, onRetry }: NoProjectProps) {
  useTitle('Project');
  const [first] = pending;
  if (first) return <PendingNote pending={first} />;
  if (reading.state === 'loading') return <LoadingPage label="Reading the project…" />;
  if (reading.state === 'failed')
    return (
      <ErrorState title="The project could not be read" error={reading.error} onRetry={onRetry} />
    );
  return (
    <EmptyState
      title="Project not found"
      text="There is no such project, or it belongs to somebody else."
    >
      <Link to="/">Back to the projects</Link>
    </EmptyState>
  );
}

type OpenDialog = 'change' | 'archive' | 'add-service';

interface ProjectDetailProps {
  readonly project: Project;
  readonly pending: readonly Pending[];
}

function ProjectDetail({ project, pending }: ProjectDetailProps) {
  useTitle(project.name);
  const [open, setOpen] = useState<OpenDialog>();
  const close = (): void => setOpen(undefined);
  const session = useSession();
  const services = visible(useReadModels().services).filter(
    ({ projectId }) => projectId === project.id,
  );
  const isOpen = project.status === 'ACTIVE' && mayCommand(session);
  return (
    <>
      <ProjectHeader project={project} pending={pending} onOpen={isOpen ? setOpen : undefined} />
      {!mayCommand(session) && <ReadOnlyNote />}
      <ServiceList
        services={services}
        adding={pending.filter(({ kind }) => kind === 'add-service')}
        onAdd={isOpen ? () => setOpen('add-service') : undefined}
      />
      {open === 'change' && <ChangeProjectDialog project={project} onClose={close} />}
      {open === 'archive' && <ArchiveProjectDialog project={project} onClose={close} />}
      {open === 'add-service' && <AddServiceDialog project={project} onClose={close} />}
    </>
  );
}

interface ProjectHeaderProps extends ProjectDetailProps {
  /** Undefined when the project is only to be read. */
  readonly onOpen: ((dialog: OpenDialog) => void) | undefined;
}

function ProjectHeader({ project, pending, onOpen }: ProjectHeaderProps) {
  return (
    <header className="project-header">
      <div className="page-header">
        <h1>
          {project.name} <StatusBadge status={project.status} />
        </h1>
        {onOpen && (
          <div className="button-row">
            {/* A change names the version that was seen, which is about to be overtaken. */}
            <Button onClick={() => onOpen('change')} isDisabled={pending.length > 0}>
              <EditIcon /> Edit
            </Button>
            <Button onClick={() => onOpen('archive')}>
              <ArchiveIcon /> Archive
            </Button>
          </div>
        )}
      </div>
      <p className="description">
        {project.description || <span className="muted">No description</span>}
      </p>
      <p className="facts muted">
        <span>
          Created <RelativeTime at={project.createdAt} />
        </span>
        <span>
          Changed <RelativeTime at={project.updatedAt} />
        </span>
        <span>Version {project.version}</span>
      </p>
      {pending
        .filter(({ kind }) => kind !== 'add-service')
        .map((each) => (
          <PendingNote key={each.commandId} pending={each} />
        ))}
    </header>
  );
}

function StatusBadge({ status }: Pick<Project, 'status'>) {
  return status === 'ARCHIVED' ? (
    <Badge size="small">Archived</Badge>
  ) : (
    <Badge size="small" variation="success">
      Active
    </Badge>
  );
}
