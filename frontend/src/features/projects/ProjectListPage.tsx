import { Button } from '@aws-amplify/ui-react';
import { Archive, Boxes, Plus, SearchX } from 'lucide-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Project } from '../../api/readModels';
import { isUnreadable, type Listed, readableOf } from '../../rows/unreadable';
import { useAnnouncement } from '../../ui/Announcer';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { BeyondTheEnd, Pager } from '../../ui/Pager';
import { LinkButton } from '../../ui/LinkButton';
import { PageTitle } from '../../ui/PageTitle';
import { ListSkeleton } from '../../ui/Skeleton';
import { useTitle } from '../../ui/useTitle';
import { isOfAnalysis } from '../commands/pending';
import { PendingNote } from '../commands/PendingNote';
import { usePending } from '../commands/PendingProvider';
import { DEPLOYMENT_STATUS } from '../deployments/status';
import { ReadOnlyNote } from '../session/ReadOnlyNote';
import { mayCommand, readsAll } from '../session/session';
import { useSession } from '../session/SessionProvider';
import {
  addressOf,
  filterOf,
  isFiltered,
  type Listing,
  listingOf,
  PAGE_SIZE,
  type View,
} from './listing';
import { ListFilters } from './ListFilters';
import { type ListedProjectProps, ProjectCard } from './ProjectCard';
import { type OpenDialog, ProjectDialog } from './ProjectDialogs';
import { stateWord } from './state';
import { ProjectMenu } from './ProjectMenu';
import { ProjectRow, ProjectTable } from './ProjectTable';
import { UnreadableCard, UnreadableRow } from './UnreadableProject';
import { type ProjectList, useProjectList } from './useProjectList';

export function ProjectListPage() {
  useTitle('Projects');
  const session = useSession();
  const mayCreate = mayCommand(session);
  const [address, setAddress] = useSearchParams();
  const listing = listingOf(address);
  const list = useProjectList(filterOf(listing, session.userId, readsAll(session)), listing.page);
  const view = useView(listing.view, list);
  // Filters lead nowhere back; a page of a list is a place.
  const filter = (change: Partial<Listing>): void =>
    setAddress(addressOf({ ...listing, page: 1, ...change }), { replace: true });
  const turn = (page: number): void => setAddress(addressOf({ ...listing, page }));

  return (
    <>
      <header className="page-header">
        <div>
          <PageTitle>Projects</PageTitle>
          <p className="soft">{readsAll(session) ? 'Everybody’s projects' : 'Your projects'}</p>
        </div>
        {mayCreate && (
          <LinkButton to="/projects/new" variation="primary">
            <Plus /> New project
          </LinkButton>
        )}
      </header>
      {!mayCreate && <ReadOnlyNote />}
      <ListFilters listing={listing} view={view} onChange={filter} />
      <Projects
        listing={listing}
        list={list}
        view={view}
        onFilter={filter}
        onTurn={turn}
        mayCreate={mayCreate}
      />
    </>
  );
}

/** Decided when the list is opened, not while one looks at it. */
function useView(chosen: View | undefined, { projects, hasNext, isLoading }: ProjectList): View {
  const [fitting, setFitting] = useState<View>();
  if (!fitting && !isLoading) {
    const isLong = hasNext || projects.length >= PAGE_SIZE;
    setFitting(isLong ? 'table' : 'cards');
  }
  return chosen ?? fitting ?? 'cards';
}

interface ProjectsProps {
  readonly listing: Listing;
  readonly list: ProjectList;
  readonly view: View;
  readonly onFilter: (change: Partial<Listing>) => void;
  readonly onTurn: (page: number) => void;
  readonly mayCreate: boolean;
}

function Projects(props: ProjectsProps) {
  const { listing, list, view, onFilter, onTurn, mayCreate } = props;
  const { pending } = usePending();
  const creating =
    listing.status === 'ACTIVE' && listing.page === 1
      ? pending.filter(({ kind }) => kind === 'create-project')
      : [];
  const { projects, error, isLoading } = list;
  if (projects.length + creating.length === 0) {
    if (error)
      return (
        <ErrorState title="The projects could not be read" error={error} onRetry={list.read} />
      );
    if (isLoading) return <ListSkeleton label="Reading the projects" lines={6} />;
    if (listing.page === 1) return <Nothing {...{ listing, onFilter, mayCreate }} />;
  }
  return (
    <div className={view === 'table' ? 'panel' : 'stack tight'}>
      <News list={list} />
      {creating.length > 0 && (
        <ul className="cards being-created">
          {creating.map((each) => (
            <li key={each.commandId} className="card pending-card">
              <PendingNote pending={each} />
            </li>
          ))}
        </ul>
      )}
      {projects.length === 0 && listing.page > 1 ? (
        <BeyondTheEnd of="projects" onFirst={() => onTurn(1)} />
      ) : (
        <Rows projects={projects} view={view} listing={listing} onFilter={onFilter} />
      )}
      {(listing.page > 1 || list.hasNext) && (
        <footer>
          <Pager
            of="projects"
            page={listing.page}
            size={PAGE_SIZE}
            count={projects.length}
            hasNext={list.hasNext}
            isReading={list.isReadingMore}
            onChange={onTurn}
          />
        </footer>
      )}
    </div>
  );
}

/** What came since the list was opened waits here, so that nothing moves under one's eyes. */
function News({ list: { waiting, showWaiting } }: Pick<ProjectsProps, 'list'>) {
  const what = waiting === 1 ? '1 project was' : `${waiting} projects were`;
  const words = `${what} created since you opened this page.`;
  useAnnouncement(waiting === 0 ? '' : words);
  if (waiting === 0) return null;
  return (
    <p className="news">
      {words}
      <button type="button" className="text-button" onClick={showWaiting}>
        {waiting === 1 ? 'Show it' : 'Show them'}
      </button>
    </p>
  );
}

interface RowsProps extends Pick<ProjectsProps, 'view' | 'listing' | 'onFilter'> {
  readonly projects: readonly Listed<Project>[];
}

function Rows({ projects, view, listing, onFilter }: RowsProps) {
  const session = useSession();
  const { pending } = usePending();
  const [open, setOpen] = useState<OpenDialog & { readonly id: string }>();
  const opened = readableOf(projects).find(({ id }) => id === open?.id);
  const hasOwners = readsAll(session);
  const partsOf = (project: Project): ListedProjectProps => {
    const own = pending.filter((each) => each.projectId === project.id && !isOfAnalysis(each));
    return {
      project,
      pending: own,
      isForeign: project.userId !== session.userId,
      menu: (
        <ProjectMenu
          project={project}
          isBusy={own.length > 0}
          size="small"
          onOpen={
            mayCommand(session) ? (dialog) => setOpen({ ...dialog, id: project.id }) : undefined
          }
        />
      ),
    };
  };
  return (
    <>
      {view === 'table' ? (
        <ProjectTable
          oldestFirst={listing.oldestFirst}
          onSort={(oldestFirst) => onFilter({ oldestFirst })}
          hasOwners={hasOwners}
        >
          {projects.map((each) =>
            isUnreadable(each) ? (
              <UnreadableRow key={each.id} id={each.id} hasOwner={hasOwners} />
            ) : (
              <ProjectRow key={each.id} {...partsOf(each)} hasOwner={hasOwners} />
            ),
          )}
        </ProjectTable>
      ) : (
        <ul className="cards" aria-label="Projects">
          {projects.map((each) =>
            isUnreadable(each) ? (
              <UnreadableCard key={each.id} id={each.id} />
            ) : (
              <ProjectCard key={each.id} {...partsOf(each)} />
            ),
          )}
        </ul>
      )}
      {open && opened && (
        <ProjectDialog
          open={open}
          project={opened}
          onClose={() => setOpen(undefined)}
          onOpen={(dialog) => setOpen({ ...dialog, id: opened.id })}
        />
      )}
    </>
  );
}

function Nothing({
  listing,
  onFilter,
  mayCreate,
}: Omit<ProjectsProps, 'list' | 'view' | 'onTurn'>) {
  if (isFiltered(listing))
    return (
      <EmptyState
        icon={<SearchX />}
        title="No project fits"
        text={`Filters are on: ${filtersOf(listing)}.`}
      >
        <Button
          onClick={() => onFilter({ state: undefined, template: undefined, deployment: undefined })}
        >
          Take the filters off
        </Button>
      </EmptyState>
    );
  if (listing.status === 'ARCHIVED')
    return (
      <EmptyState
        icon={<Archive />}
        title="Nothing archived"
        text="Archived projects are kept here, with their services and their history."
      />
    );
  return (
    <EmptyState
      icon={<Boxes />}
      title="No projects yet"
      text={
        mayCreate
          ? 'A project holds the services which are built and deployed together.'
          : 'Projects appear here as soon as somebody creates one.'
      }
    >
      {mayCreate && (
        <LinkButton to="/projects/new" variation="primary">
          Create your first project
        </LinkButton>
      )}
    </EmptyState>
  );
}

function filtersOf({ state, template, deployment }: Listing): string {
  const words = [
    state && `state ${stateWord(state).toLowerCase()}`,
    template && `template ${template}`,
    deployment && `last deployment ${DEPLOYMENT_STATUS[deployment].word.toLowerCase()}`,
  ];
  return words.filter(Boolean).join(', ');
}
