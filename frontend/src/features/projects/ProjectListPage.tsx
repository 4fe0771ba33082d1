import { Button, Placeholder, ToggleButton, ToggleButtonGroup } from '@aws-amplify/ui-react';
import { useState } from 'react';
import type { Project } from '../../api/readModels';
import { useReadModels } from '../../rows/ReadModelsProvider';
import { visible } from '../../rows/rows';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { ArchiveIcon, LayersIcon, PlusIcon } from '../../ui/icons';
import { useTitle } from '../../ui/useTitle';
import { PendingNote } from '../commands/PendingNote';
import { usePending } from '../commands/PendingProvider';
import { ReadOnlyNote } from '../session/ReadOnlyNote';
import { mayCommand, readsAll } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { CreateProjectDialog } from './CreateProjectDialog';
import { countOf, newestFirst, type Shown } from './listing';
import { ProjectCard } from './ProjectCard';

export function ProjectListPage() {
  useTitle('Projects');
  const session = useSession();
  const [shown, setShown] = useState<Shown>('ACTIVE');
  const [creating, setCreating] = useState(false);
  const projects = visible(useReadModels().projects);
  const create = mayCommand(session) ? () => setCreating(true) : undefined;
  return (
    <main className="page">
      <header className="page-header">
        <div>
          <h1>Projects</h1>
          <p className="muted">
            {readsAll(session) ? 'Everybody’s projects' : 'Your projects'}, newest first
          </p>
        </div>
        {create && (
          <Button variation="primary" onClick={create}>
            <PlusIcon /> New project
          </Button>
        )}
      </header>
      {!create && <ReadOnlyNote />}
      <StatusSwitch shown={shown} onChange={setShown} projects={projects} />
      <ProjectGrid shown={shown} projects={projects} onCreate={create} />
      {creating && <CreateProjectDialog onClose={() => setCreating(false)} />}
    </main>
  );
}

interface StatusSwitchProps {
  readonly shown: Shown;
  readonly onChange: (shown: Shown) => void;
  readonly projects: readonly Project[];
}

function StatusSwitch({ shown, onChange, projects }: StatusSwitchProps) {
  return (
    <ToggleButtonGroup
      value={shown}
      isExclusive
      isSelectionRequired
      size="small"
      className="status-switch"
      aria-label="Which projects are shown"
      onChange={(value) => onChange(value as Shown)}
    >
      <ToggleButton value="ACTIVE">Active {countOf(projects, 'ACTIVE')}</ToggleButton>
      <ToggleButton value="ARCHIVED">Archived {countOf(projects, 'ARCHIVED')}</ToggleButton>
    </ToggleButtonGroup>
  );
}

interface ProjectGridProps {
  readonly shown: Shown;
  readonly projects: readonly Project[];
  readonly onCreate: (() => void) | undefined;
}

function ProjectGrid({ shown, projects, onCreate }: ProjectGridProps) {
  const { listing, readList } = useReadModels();
  const { pending } = usePending();
  const session = useSession();
  const rows = newestFirst(projects, shown);
  const creating =
    shown === 'ACTIVE' ? pending.filter(({ kind }) => kind === 'create-project') : [];

  if (rows.length + creating.length === 0) {
    if (listing.state === 'loading') return <LoadingGrid />;
    if (listing.state === 'failed')
      return (
        <ErrorState
          title="The projects could not be read"
          error={listing.error}
          onRetry={readList}
        />
      );
    return <NoProjects shown={shown} onCreate={onCreate} />;
  }
  return (
    <ul className="project-grid" aria-label="Projects">
      {creating.map((each) => (
        <li key={each.commandId} className="card pending-card">
          <PendingNote pending={each} />
        </li>
      ))}
      {rows.map((project) => (
        <ProjectCard
          key={project.id}
          project={project}
          pending={pending.filter(({ projectId }) => projectId === project.id)}
          isForeign={project.userId !== session.userId}
        />
      ))}
    </ul>
  );
}

function LoadingGrid() {
  return (
    <div className="project-grid" role="status" aria-label="Reading the projects">
      {[1, 2, 3].map((key) => (
        <div key={key} className="card">
          <Placeholder height="1.4rem" width="60%" />
          <Placeholder height="2.6rem" />
          <Placeholder height="1rem" width="40%" />
        </div>
      ))}
    </div>
  );
}

function NoProjects({ shown, onCreate }: Pick<ProjectGridProps, 'shown' | 'onCreate'>) {
  if (shown === 'ARCHIVED')
    return (
      <EmptyState
        icon={<ArchiveIcon />}
        title="Nothing archived"
        text="Archived projects are kept here, with their services and their history."
      />
    );
  return (
    <EmptyState
      icon={<LayersIcon />}
      title="No projects yet"
      text={
        onCreate
          ? 'A project holds the services which are built and deployed together.'
          : 'Projects appear here as soon as somebody creates one.'
      }
    >
      {onCreate && (
        <Button variation="primary" onClick={onCreate}>
          Create your first project
        </Button>
      )}
    </EmptyState>
  );
}
