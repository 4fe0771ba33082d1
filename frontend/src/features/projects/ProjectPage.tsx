import { Badge, Button } from '@aws-amplify/ui-react';
import { useCallback, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Project, Service } from '../../api/readModels';
import { useReadModels } from '../../rows/ReadModelsProvider';
import { visible } from '../../rows/rows';
import { type Reading, useReading } from '../../rows/useReading';
import { CopyId } from '../../ui/CopyId';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { ArchiveIcon, ChevronIcon, EditIcon, RestoreIcon, TrashIcon } from '../../ui/icons';
import { LoadingPage } from '../../ui/LoadingPage';
import { RelativeTime } from '../../ui/RelativeTime';
import { useTitle } from '../../ui/useTitle';
import { PendingNote } from '../commands/PendingNote';
import { isOfService, type Pending } from '../commands/pending';
import { usePending } from '../commands/PendingProvider';
import { useCatchUp } from '../connection/useCatchUp';
import { AddServiceDialog } from '../services/AddServiceDialog';
import { EditServiceDialog } from '../services/EditServiceDialog';
import { RemoveServiceDialog } from '../services/RemoveServiceDialog';
import type { ServiceAction } from '../services/ServiceCard';
import { ServiceList } from '../services/ServiceList';
import { ReadOnlyNote } from '../session/ReadOnlyNote';
import { mayCommand } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { ChangeProjectDialog } from './ChangeProjectDialog';
import { Owner } from './Owner';
import { ConfirmProjectDialog, type ProjectAction } from './ConfirmProjectDialog';

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

type OpenDialog =
  | { readonly kind: 'change' | 'add-service' | ProjectAction }
  | { readonly kind: ServiceAction; readonly service: Service };

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
  const mayChange = mayCommand(session) && !pending.some(({ kind }) => kind === 'delete-project');
  const isOpen = project.status === 'ACTIVE' && mayChange;
  return (
    <>
      <ProjectHeader
        project={project}
        pending={pending}
        isForeign={project.userId !== session.userId}
        onOpen={mayChange ? (kind) => setOpen({ kind }) : undefined}
      />
      {!mayCommand(session) && <ReadOnlyNote />}
      <ServiceList
        services={services}
        adding={pending.filter(isOfService)}
        onAdd={isOpen ? () => setOpen({ kind: 'add-service' }) : undefined}
        onAction={isOpen ? (kind, service) => setOpen({ kind, service }) : undefined}
      />
      {open && <OpenedDialog open={open} project={project} onClose={close} />}
    </>
  );
}

interface OpenedDialogProps {
  readonly open: OpenDialog;
  readonly project: Project;
  readonly onClose: () => void;
}

function OpenedDialog({ open, project, onClose }: OpenedDialogProps) {
  switch (open.kind) {
    case 'change':
      return <ChangeProjectDialog project={project} onClose={onClose} />;
    case 'add-service':
      return <AddServiceDialog project={project} onClose={onClose} />;
    case 'edit-service':
      return <EditServiceDialog service={open.service} onClose={onClose} />;
    case 'remove-service':
      return <RemoveServiceDialog service={open.service} onClose={onClose} />;
    case 'archive-project':
    case 'restore-project':
    case 'delete-project':
      return <ConfirmProjectDialog action={open.kind} project={project} onClose={onClose} />;
  }
}

type OnOpen = (dialog: 'change' | ProjectAction) => void;

interface ProjectHeaderProps extends ProjectDetailProps {
  /** For those who read everybody's projects. */
  readonly isForeign: boolean;
  /** Undefined when the project is only to be read. */
  readonly onOpen: OnOpen | undefined;
}

function ProjectHeader({ project, pending, isForeign, onOpen }: ProjectHeaderProps) {
  return (
    <header className="project-header">
      <div className="page-header">
        <h1>
          {project.name} <StatusBadge status={project.status} />
        </h1>
        {onOpen && (
          <ProjectButtons status={project.status} isBusy={pending.length > 0} onOpen={onOpen} />
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
        <span>
          Id <CopyId id={project.id} of={project.name} />
        </span>
        {isForeign && <Owner project={project} />}
      </p>
      {pending
        .filter((each) => !isOfService(each))
        .map((each) => (
          <PendingNote key={each.commandId} pending={each} />
        ))}
    </header>
  );
}

interface ProjectButtonsProps extends Pick<Project, 'status'> {
  /** A change names the version that was seen, which is about to be overtaken. */
  readonly isBusy: boolean;
  readonly onOpen: OnOpen;
}

function ProjectButtons({ status, isBusy, onOpen }: ProjectButtonsProps) {
  return (
    <div className="button-row">
      {status === 'ARCHIVED' ? (
        <Button onClick={() => onOpen('restore-project')} isDisabled={isBusy}>
          <RestoreIcon /> Restore
        </Button>
      ) : (
        <>
          <Button onClick={() => onOpen('change')} isDisabled={isBusy}>
            <EditIcon /> Edit
          </Button>
          <Button onClick={() => onOpen('archive-project')} isDisabled={isBusy}>
            <ArchiveIcon /> Archive
          </Button>
        </>
      )}
      <Button onClick={() => onOpen('delete-project')} isDisabled={isBusy}>
        <TrashIcon /> Delete
      </Button>
    </div>
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
