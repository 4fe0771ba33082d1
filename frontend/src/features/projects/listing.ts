import type { DeploymentStatus, Project, ProjectFilter } from '../../api/readModels';
import type { Question } from '../../api/search';
import { type Rows, visible } from '../../rows/rows';
import { type Listed, type Unreadable, withUnreadable } from '../../rows/unreadable';
import { FILTERED_STATES } from './state';
import { MOST_CHARACTERS, objection } from './words';

export const PAGE_SIZE = 20;

export type View = 'cards' | 'table';

/** What the address of the list says. */
export interface Listing {
  readonly status: 'ACTIVE' | 'ARCHIVED';
  readonly state: (typeof FILTERED_STATES)[number] | undefined;
  readonly template: string | undefined;
  readonly deployment: DeploymentStatus | undefined;
  readonly isMine: boolean;
  /** What is looked for; empty for a list. */
  readonly words: string;
  readonly oldestFirst: boolean;
  readonly page: number;
  /** Undefined lets the number of projects decide. */
  readonly view: View | undefined;
}

const DEPLOYMENTS: readonly DeploymentStatus[] = ['RUNNING', 'SUCCEEDED', 'FAILED'];
const VIEWS: readonly View[] = ['cards', 'table'];

/** Nonsense in an address is as if it were not there. */
export function listingOf(address: URLSearchParams): Listing {
  const word = (name: string): string => address.get(name) ?? '';
  const page = Number(word('page'));
  return {
    status: word('status') === 'archived' ? 'ARCHIVED' : 'ACTIVE',
    state: FILTERED_STATES.find((state) => state.toLowerCase() === word('state')),
    template: word('template') || undefined,
    deployment: DEPLOYMENTS.find((status) => status.toLowerCase() === word('deployment')),
    isMine: word('owner') === 'me',
    words: word('q').slice(0, MOST_CHARACTERS),
    oldestFirst: word('sort') === 'oldest',
    page: Number.isSafeInteger(page) && page > 1 ? page : 1,
    view: VIEWS.find((view) => view === word('view')),
  };
}

/** Only what differs from the plain list, so that addresses stay short. */
export function addressOf(listing: Listing): URLSearchParams {
  const { status, state, template, deployment, isMine, words, oldestFirst, page, view } = listing;
  const said = {
    status: status === 'ARCHIVED' && 'archived',
    state: state?.toLowerCase(),
    template,
    deployment: deployment?.toLowerCase(),
    owner: isMine && 'me',
    q: words,
    sort: oldestFirst && 'oldest',
    page: page > 1 && String(page),
    view,
  };
  const given = Object.entries(said).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  );
  return new URLSearchParams(given);
}

/** Everybody's for those who read all, unless they ask for their own. */
export function filterOf(listing: Listing, userId: string, readsAll: boolean): ProjectFilter {
  const { status, state, template, deployment, isMine, oldestFirst } = listing;
  return {
    userId: readsAll && !isMine ? undefined : userId,
    status,
    provisioning: state,
    templateName: template,
    lastDeploymentStatus: deployment,
    oldestFirst,
  };
}

/** What the API is asked to find; undefined while the words are not enough. */
export const questionOf = (
  { words }: Listing,
  { oldestFirst: _, ...filter }: ProjectFilter,
): Question | undefined => (objection(words) ? undefined : { words, ...filter });

export const isFiltered = ({ state, template, deployment }: Listing): boolean =>
  [state, template, deployment].some((each) => each !== undefined);

/** What readings have found of a list. */
export interface ListReading {
  readonly ids: readonly string[];
  readonly unreadable: readonly Unreadable[];
  /** Whether it was read to its end. */
  readonly isComplete: boolean;
}

interface ProjectsListed {
  readonly shown: readonly Listed<Project>[];
  /** Created after the list was opened; they wait, so that nothing moves under one's eyes. */
  readonly waiting: readonly Listed<Project>[];
}

/**
 * The rows to show: those that readings found, and others among them or newer that a subscription has
 * told of since. `since` is the time of the newest project when the list was opened.
 */
export function listed(
  reading: ListReading,
  rows: Rows<Project>,
  filter: ProjectFilter,
  since: string,
): ProjectsListed {
  const fitting = visible(rows).filter((project) => fits(project, filter));
  const known = withUnreadable(withinReach(reading, fitting, filter), reading.unreadable, rows);
  known.sort(filter.oldestFirst ? byAge : (a, b) => byAge(b, a));
  return {
    shown: known.filter(({ createdAt }) => createdAt <= since),
    waiting: known.filter(({ createdAt }) => createdAt > since),
  };
}

/** Without those that lie beyond what was read: they come with their page. */
function withinReach(
  { ids, isComplete }: ListReading,
  projects: readonly Project[],
  { oldestFirst }: ProjectFilter,
): readonly Project[] {
  const read = new Set(ids);
  const times = projects.filter(({ id }) => read.has(id)).map(({ createdAt }) => createdAt);
  if (isComplete || times.length === 0) return projects;
  const last = times.reduce((a, b) => ((oldestFirst ? a > b : a < b) ? a : b));
  return projects.filter(
    ({ id, createdAt }) => read.has(id) || (oldestFirst ? createdAt < last : createdAt > last),
  );
}

/** The latest time of creation; before all times when there is no project. */
export const newestOf = (projects: readonly { readonly createdAt: string }[]): string =>
  projects.reduce((newest, { createdAt }) => (createdAt > newest ? createdAt : newest), '');

export function fits(project: Project, filter: ProjectFilter): boolean {
  const { userId, status, provisioning, templateName, lastDeploymentStatus } = filter;
  return (
    project.status === status &&
    [undefined, project.userId].includes(userId) &&
    [undefined, project.provisioning].includes(provisioning) &&
    [undefined, project.templateName].includes(templateName) &&
    [undefined, project.lastDeploymentStatus].includes(lastDeploymentStatus)
  );
}

type Aged = Pick<Project, 'id' | 'createdAt'>;

function byAge(a: Aged, b: Aged): number {
  return a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);
}
