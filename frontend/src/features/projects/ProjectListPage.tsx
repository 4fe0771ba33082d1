import { Button } from '@aws-amplify/ui-react';
import { Archive, Boxes, Plus, Search, SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { HistoryFailed } from '../../api/history';
import type { Project } from '../../api/readModels';
import { visible } from '../../rows/rows';
import { isUnreadable, type Listed } from '../../rows/unreadable';
import { useRows } from '../../rows/useReadModels';
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
import { mayCommand, readsAll, type Session } from '../session/session';
import { useSession } from '../session/SessionProvider';
import {
  addressOf,
  filterOf,
  isFiltered,
  type Listing,
  listingOf,
  PAGE_SIZE,
  questionOf,
  type View,
} from './listing';
import { ListFilters } from './ListFilters';
import { type ListedProjectProps, ProjectCard } from './ProjectCard';
import { type OpenDialog, ProjectDialog } from './ProjectDialogs';
import { stateWord } from './state';
import { ProjectMenu } from './ProjectMenu';
import { ProjectRow, ProjectTable } from './ProjectTable';
import { UnreadableCard, UnreadableRow } from './UnreadableProject';
import { useProjectCount } from './useProjectCount';
import { type ProjectList, useProjectList } from './useProjectList';
import { useProjectSearch } from './useProjectSearch';
import { objection } from './words';

export function ProjectListPage() {
  useTitle('Projects');
  const session = useSession();
  const mayCreate = mayCommand(session);
  const [address, setAddress] = useSearchParams();
  const listing = listingOf(address);
  const list = useShown(listing, session);
  const view = useView(listing.view, list);
  const [open, setOpen] = useState<Opened>();
  const isEverybodys = readsAll(session) && !listing.isMine;
  // Filters lead nowhere back; a page of a list is a place.
  const filter = (change: Partial<Listing>): void =>
    setAddress(addressOf({ ...listing, page: 1, ...change }), {
      replace: true,
      preventScrollReset: true,
    });
  const turn = (page: number): void => setAddress(addressOf({ ...listing, page }));

  return (
    <>
      <header className="page-header">
        <div>
          <PageTitle>Projects</PageTitle>
          <p className="soft">{isEverybodys ? 'Everybody’s projects' : 'Your projects'}</p>
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
        onOpen={mayCreate ? setOpen : undefined}
      />
      <ListDialog open={open} onChange={setOpen} />
    </>
  );
}

/** A list, or what was found in it. */
function useShown(listing: Listing, session: Session): ProjectList {
  const filter = filterOf(listing, session.userId, readsAll(session));
  const isSearched = listing.words !== '';
  const question = isSearched ? questionOf(listing, filter) : undefined;
  const list = useProjectList(filter, listing.page, !isSearched);
  const hits = useProjectSearch(question, listing.page);
  return isSearched ? hits : list;
}

/** A dialog and the project that it is about. */
type Opened = OpenDialog & { readonly id: string };

interface ListDialogProps {
  readonly open: Opened | undefined;
  readonly onChange: (open: Opened | undefined) => void;
}

/** It stays open when its project leaves the list, by a filter or to another page. */
function ListDialog({ open, onChange }: ListDialogProps) {
  const project = visible(useRows('Project')).find(({ id }) => id === open?.id);
  const isGone = open !== undefined && project === undefined;
  useEffect(() => {
    if (isGone) onChange(undefined);
  }, [isGone, onChange]);
  if (!open || !project) return null;
  return (
    <ProjectDialog
      open={open}
      project={project}
      onClose={() => onChange(undefined)}
      onOpen={(dialog) => onChange({ ...dialog, id: project.id })}
    />
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
  /** Undefined for those who may only read. */
  readonly onOpen: ((open: Opened) => void) | undefined;
}

const WORDS = {
  list: { failed: 'The projects could not be read', reading: 'Reading the projects' },
  search: { failed: 'The projects could not be searched', reading: 'Searching the projects' },
} as const;

const SWITCHED_OFF =
  'Searching everybody’s projects is switched off here. Choose Mine to search your own.';

/** The page asks for nothing else that the API would not take. */
const isSwitchedOff = (error: Error): boolean =>
  error instanceof HistoryFailed && error.status === 400;

function Projects(props: ProjectsProps) {
  const { listing, list, view, onFilter, onTurn, onOpen } = props;
  const total = useProjectCount(listing);
  const { pending } = usePending();
  const isPlain = listing.words === '' && listing.page === 1;
  const creating =
    listing.status === 'ACTIVE' && isPlain
      ? pending.filter(({ kind }) => kind === 'create-project')
      : [];
  const { projects, error, isLoading } = list;
  const why = listing.words && objection(listing.words);
  if (why) return <EmptyState icon={<Search />} title="Not enough to look for" text={why} />;
  const words = WORDS[listing.words ? 'search' : 'list'];
  if (projects.length + creating.length === 0) {
    if (error)
      return (
        <ErrorState
          title={words.failed}
          error={error}
          onRetry={list.read}
          {...(isSwitchedOff(error) && { text: SWITCHED_OFF })}
        />
      );
    if (isLoading) return <ListSkeleton label={words.reading} lines={6} />;
    if (listing.page === 1 && !list.hasNext) return <Nothing {...{ listing, onFilter }} />;
  }
  return (
    <div className={view === 'table' ? 'panel' : 'stack tight'}>
      <News list={list} />
      {creating.length > 0 && (
        <ul className="cards">
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
        <Rows {...{ projects, view, listing, onFilter, onOpen }} />
      )}
      {(listing.page > 1 || list.hasNext) && (
        <footer>
          <Pager
            of="projects"
            page={listing.page}
            size={PAGE_SIZE}
            count={projects.length}
            hasNext={list.hasNext}
            total={total}
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

interface RowsProps extends Pick<ProjectsProps, 'view' | 'listing' | 'onFilter' | 'onOpen'> {
  readonly projects: readonly Listed<Project>[];
}

function Rows({ projects, view, listing, onFilter, onOpen }: RowsProps) {
  const session = useSession();
  const { pending } = usePending();
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
          onOpen={onOpen && ((dialog) => onOpen({ ...dialog, id: project.id }))}
        />
      ),
    };
  };
  return (
    <>
      {view === 'table' ? (
        <ProjectTable
          oldestFirst={listing.words ? undefined : listing.oldestFirst}
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
    </>
  );
}

function Nothing({ listing, onFilter }: Pick<ProjectsProps, 'listing' | 'onFilter'>) {
  const session = useSession();
  const mayCreate = mayCommand(session);
  if (listing.words) return <NoHit {...{ listing, onFilter }} />;
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
          Clear the filters
        </Button>
      </EmptyState>
    );
  if (readsAll(session) && listing.isMine)
    return (
      <EmptyState
        icon={<Boxes />}
        title={`No ${listing.status === 'ARCHIVED' ? 'archived ' : ''}project is yours`}
        text="Other people’s projects are left out."
      >
        <Button onClick={() => onFilter({ isMine: false })}>Show everybody’s projects</Button>
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

function NoHit({ listing, onFilter }: Pick<ProjectsProps, 'listing' | 'onFilter'>) {
  const { words, status } = listing;
  const where = status === 'ARCHIVED' ? 'an archived project' : 'an active project';
  const filters = isFiltered(listing) ? ` Filters are on: ${filtersOf(listing)}.` : '';
  useAnnouncement(`No project has “${words}”.`);
  return (
    <EmptyState
      icon={<SearchX />}
      title={`No project has “${words}”`}
      text={`Neither name nor description of ${where} has words that begin so.${filters}`}
    >
      <Button onClick={() => onFilter({ words: '' })}>Clear the search</Button>
      {status === 'ACTIVE' && (
        <Button onClick={() => onFilter({ status: 'ARCHIVED' })}>Look in the archive</Button>
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
