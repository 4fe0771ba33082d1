import { generateClient } from 'aws-amplify/data';
import type { MetricSchema } from '../../../amplify/data/metrics';
import type { Schema } from '../../../amplify/data/schema';
import type { Delivery, Versioned } from '../rows/rows';
import type { Listed, Unreadable } from '../rows/unreadable';
import { shelvesPage } from './shelves';

/**
 * The fields of a row, whatever the schema gives it: Amplify selects all of them when it is not told otherwise.
 * Relations are not among them: it makes functions of these, and AppSync redacts them in what subscribers receive.
 */
type Fields<Row> = {
  readonly [
    Name in keyof Row as Row[Name] extends (...args: never) => unknown ? never : Name
  ]: Row[Name];
};

export type Project = Fields<Schema['Project']['type']>;
export type Service = Fields<Schema['Service']['type']>;

export type Deployment = Fields<Schema['Deployment']['type']>;
export type Analysis = Fields<Schema['Analysis']['type']>;
export type DeploymentStatus = Deployment['status'];
export type ProvisioningRun = Fields<Schema['ProvisioningRun']['type']>;
export type OwnerSummary = Fields<Schema['OwnerSummary']['type']>;
export type ProjectAnalytics = Fields<Schema['ProjectAnalytics']['type']>;
export type Template = Fields<Schema['Template']['type']>;
export type TemplateDraft = Fields<Schema['TemplateDraft']['type']>;
export type Metric = Fields<MetricSchema['Metric']['type']>;

/** The read models that the page knows, by their names in the schema. */
export interface Models {
  readonly Project: Project;
  readonly Service: Service;
  readonly Deployment: Deployment;
  readonly Analysis: Analysis;
  readonly ProvisioningRun: ProvisioningRun;
  readonly OwnerSummary: OwnerSummary;
  readonly ProjectAnalytics: ProjectAnalytics;
  readonly Template: Template;
  readonly TemplateDraft: TemplateDraft;
  readonly Metric: Metric;
}

export type ModelName = keyof Models;

/** Which projects are listed; the index has them in the order of their creation. */
export interface ProjectFilter {
  /** Everybody's when it is left out: for the groups that may read all. */
  readonly userId?: string | undefined;
  readonly status: 'ACTIVE' | 'ARCHIVED';
  readonly templateName?: string | undefined;
  readonly provisioning?: Project['provisioning'] | undefined;
  readonly lastDeploymentStatus?: DeploymentStatus | undefined;
  readonly oldestFirst?: boolean;
}

export interface DeploymentFilter {
  readonly environment?: string | undefined;
  readonly status?: DeploymentStatus | undefined;
}

/** Days of UTC, such as 2026-01-31; both are included. */
export interface Span {
  readonly first: string;
  readonly last: string;
}

/** Some rows of a list, and where it goes on. A filter may leave none of them. */
export interface RowPage<Row> {
  readonly rows: readonly Listed<Row>[];
  readonly nextToken: string | null;
}

/** Reads and live changes of the read models. Every read rejects with QueryFailed when it fails. */
export interface ReadModels {
  readonly projects: (filter: ProjectFilter, at: PageAt) => Promise<RowPage<Project>>;
  /** A person's projects whose last attempt to be set up, or last deployment, has failed. */
  readonly failingOf: (userId: string) => Promise<Listed<Project>[]>;
  /** A person's projects that were created at this time or later. */
  readonly createdSince: (userId: string, time: string) => Promise<Listed<Project>[]>;
  /** Null when there is none, or it is another owner's. */
  readonly project: (id: string) => Promise<Listed<Project> | null>;
  readonly servicesOf: (projectId: string) => Promise<Listed<Service>[]>;
  /** Null when there is none, or it cannot be shown. */
  readonly service: (id: string) => Promise<Service | null>;
  readonly deploymentsOf: (
    projectId: string,
    filter: DeploymentFilter,
    at: PageAt,
  ) => Promise<RowPage<Deployment>>;
  readonly analysesOf: (projectId: string, at: PageAt) => Promise<RowPage<Analysis>>;
  readonly provisioningRunsOf: (projectId: string) => Promise<Listed<ProvisioningRun>[]>;
  /** How much an owner has; null when nothing was counted yet. */
  readonly summaryOf: (userId: string) => Promise<Listed<OwnerSummary> | null>;
  /** What happened day by day: to one project, or to all that a person owns. */
  readonly daysOf: (
    whose: { readonly projectId: string } | { readonly userId: string },
    span: Span,
  ) => Promise<Listed<ProjectAnalytics>[]>;
  /** All that were ever published, deprecated ones among them. */
  readonly templates: () => Promise<Listed<Template>[]>;
  /** All that were ever drafted: for Admins. */
  readonly templateDrafts: () => Promise<Listed<TemplateDraft>[]>;
  /** What was measured from a minute on: for Admins. */
  readonly metricsSince: (minute: string) => Promise<Listed<Metric>[]>;
  readonly watch: <Name extends ModelName>(
    name: Name,
    watcher: Watcher<Models[Name]>,
  ) => Unsubscribe;
}

export interface PageAt {
  readonly limit: number;
  readonly nextToken: string | null;
}

export interface Watcher<Row extends Versioned> {
  readonly deliver: (delivery: Delivery<Row>) => void;
  readonly failed: (error: unknown) => void;
}

export type Unsubscribe = () => void;

export class QueryFailed extends Error {
  constructor(readonly messages: readonly string[]) {
    super(messages.join(' '));
    this.name = 'QueryFailed';
  }
}

const PAGE = 100;
/** Days and minutes are small rows, and there may be many of them; of a filter few are left. */
const SMALL = 1000;
const FAILING = {
  status: { eq: 'ACTIVE' },
  or: [{ provisioning: { eq: 'FAILED' } }, { lastDeploymentStatus: { eq: 'FAILED' } }],
};
/** The parts of the pipeline that measure something: src/application/metrics.py. */
const SOURCES = ['commands', 'publication', 'projections', 'queries', 'sagas'];

export function connectReadModels(): ReadModels {
  const { models } = generateClient<Schema>({ authMode: 'userPool' });
  const { Project, Service, Deployment, Analysis, ProvisioningRun, OwnerSummary } = models;
  const { ProjectAnalytics, Template, TemplateDraft } = models;
  const { Metric } = generateClient<MetricSchema>({ authMode: 'userPool' }).models;
  const newestFirst = (at: PageAt) => ({ sortDirection: 'DESC', ...at }) as const;

  return {
    projects: async ({ userId, status, oldestFirst = false, ...others }, at) => {
      const sortDirection = oldestFirst ? 'ASC' : 'DESC';
      if (userId !== undefined)
        return pageOf((only) =>
          Project.projectsByUser(
            { userId },
            { sortDirection, ...at, filter: equal({ ...others, status }), ...only },
          ),
        );
      return shelvesPage(at, oldestFirst, others, (number, { limit, createdAt }) =>
        pageOf((only) =>
          Project.projectsByShelf(
            { shelf: `${status}#${number}`, ...(createdAt && { createdAt }) },
            { sortDirection, limit, ...only },
          ),
        ),
      );
    },
    failingOf: (userId) =>
      everyPage((nextToken, only) =>
        Project.projectsByUser({ userId }, { limit: SMALL, nextToken, filter: FAILING, ...only }),
      ),
    createdSince: (userId, time) =>
      everyPage((nextToken, only) =>
        Project.projectsByUser(
          { userId, createdAt: { ge: time } },
          { limit: PAGE, nextToken, ...only },
        ),
      ),
    project: (id) => rowOf((only) => Project.get({ id }, { ...only })),
    servicesOf: (projectId) =>
      everyPage((nextToken, only) =>
        Service.servicesByProject({ projectId }, { limit: PAGE, nextToken, ...only }),
      ),
    service: async (id) => ofMine(await Service.get({ id })),
    deploymentsOf: (projectId, filter, at) =>
      pageOf((only) =>
        Deployment.deploymentsByProject(
          { projectId },
          { ...newestFirst(at), filter: equal(filter), ...only },
        ),
      ),
    analysesOf: (projectId, at) =>
      pageOf((only) => Analysis.analysesByProject({ projectId }, { ...newestFirst(at), ...only })),
    provisioningRunsOf: (projectId) =>
      everyPage((nextToken, only) =>
        ProvisioningRun.provisioningRunsByProject(
          { projectId },
          { limit: PAGE, nextToken, ...only },
        ),
      ),
    summaryOf: (userId) => rowOf((only) => OwnerSummary.get({ id: userId }, { ...only })),
    daysOf: (whose, { first, last }) =>
      everyPage((nextToken, only) => {
        const day = { between: [first, last] as [string, string] };
        const at = { limit: SMALL, nextToken, ...only };
        return 'projectId' in whose
          ? ProjectAnalytics.analyticsByProject({ ...whose, day }, at)
          : ProjectAnalytics.analyticsByUser({ ...whose, day }, at);
      }),
    templates: () =>
      eachOf(['PUBLISHED', 'DEPRECATED'] as const, (status) =>
        everyPage((nextToken, only) =>
          Template.templatesByStatus({ status }, { limit: PAGE, nextToken, ...only }),
        ),
      ),
    templateDrafts: () =>
      eachOf(['DRAFT', 'PUBLISHED', 'DEPRECATED'] as const, (status) =>
        everyPage((nextToken, only) =>
          TemplateDraft.templateDraftsByStatus({ status }, { limit: PAGE, nextToken, ...only }),
        ),
      ),
    metricsSince: (minute) =>
      eachOf(SOURCES, (source) =>
        everyPage((nextToken, only) =>
          Metric.listMetricsBySource(
            { source, timestamp: { ge: minute } },
            { limit: SMALL, nextToken, ...only },
          ),
        ),
      ),
    watch: (name, watcher) => watch(watcher, streamsOf({ ...models, Metric }[name])),
  };
}

async function eachOf<Key, Row>(
  keys: readonly Key[],
  read: (key: Key) => Promise<Row[]>,
): Promise<Row[]> {
  return (await Promise.all(keys.map(read))).flat();
}

/** The conditions of a filter as AppSync takes them; those left out are none. */
function equal<Field extends string>(
  fields: Partial<Record<Field, string | undefined>>,
): Partial<Record<Field, { eq: string }>> {
  const given = Object.entries<string | undefined>(fields).filter(([, value]) => value);
  return Object.fromEntries(given.map(([field, value]) => [field, { eq: value }])) as Partial<
    Record<Field, { eq: string }>
  >;
}

/**
 * What is asked for of a row that AppSync cannot show as the schema declares it: fields that every
 * projection writes by itself, so that they are readable. The types do not know of it.
 */
const KEYS: object = { selectionSet: ['id', 'createdAt', 'version'] };

/** Asks for a page, or a row: all of it, or only what `only` selects. */
type Ask<Data> = (only?: object) => Promise<Answer<Data>>;

export async function pageOf<Row extends object>(
  ask: (only?: object) => Promise<Page<Row>>,
): Promise<RowPage<Row>> {
  const page = await ask();
  const { nextToken = null } = page;
  if (!isPartly(page)) return { rows: answered(page), nextToken };
  if (!page.data.includes(null as never)) return { rows: page.data, nextToken };
  const keys: readonly unknown[] = (await ask(KEYS)).data;
  return { rows: inPlace(page.data, keys as readonly (Keys | null)[]), nextToken };
}

type Keys = Omit<Unreadable, 'isUnreadable'>;

/** Rows of a page, each that is null by the keys in its place. */
function inPlace<Row extends object>(
  rows: readonly (Row | null)[],
  keys: readonly (Keys | null)[],
): Listed<Row>[] {
  const found = rows.map((row, index) => row ?? unreadable(keys[index]));
  return found.filter((row) => row !== undefined);
}

function unreadable(keys: Keys | null | undefined): Unreadable | undefined {
  return keys ? { ...keys, isUnreadable: true } : undefined;
}

/** A row, by its keys alone where it cannot be shown; null when there is none for this person. */
export async function rowOf<Row extends object>(ask: Ask<Row | null>): Promise<Listed<Row> | null> {
  const answer = await ask();
  if (!isPartly(answer)) return ofMine(answer);
  if (answer.data) return answer.data;
  const keys: unknown = ofMine(await ask(KEYS));
  return unreadable(keys as Keys | null) ?? null;
}

interface AnswerError {
  readonly message: string;
  readonly errorType?: string;
  readonly path?: readonly (string | number)[] | null;
}

interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly AnswerError[];
}

interface Page<Row> extends Answer<Row[]> {
  readonly nextToken?: string | null;
}

/** A page may be empty and still have a successor: only a missing token ends a list. */
export async function everyPage<Row extends object>(
  fetchPage: (nextToken: string | null, only?: object) => Promise<Page<Row>>,
): Promise<Listed<Row>[]> {
  const rows: Listed<Row>[] = [];
  let nextToken: string | null = null;
  do {
    const at = nextToken;
    const page: RowPage<Row> = await pageOf((only) => fetchPage(at, only));
    rows.push(...page.rows);
    nextToken = page.nextToken;
  } while (nextToken);
  return rows;
}

/** Whether nothing but stored values is in the way: the rest of the answer can be shown. */
const isPartly = ({ errors }: Answer<unknown>): boolean =>
  errors !== undefined && errors.length > 0 && errors.every(isOfStoredValue);

/** The error of a field within a row, which has no kind: the stored value is not of its type. */
function isOfStoredValue({ errorType, path }: AnswerError): boolean {
  return !errorType && (path?.length ?? 0) > 1;
}

function answered<Data>({ data, errors }: Answer<Data>): Data {
  if (errors?.length) throw new QueryFailed(errors.map(({ message }) => message));
  return data;
}

/** What belongs to somebody else is answered with Unauthorized; here it is as if it did not exist. */
export function ofMine<Row>(answer: Answer<Row | null>): Row | null {
  const isForeign = answer.errors?.every(({ errorType }) => errorType === 'Unauthorized');
  return isForeign ? null : answered(answer);
}

interface Stream<Row> {
  subscribe(observer: { next: (row: Row) => void; error: (error: unknown) => void }): {
    unsubscribe(): void;
  };
}

type Streams<Row> = readonly [created: Stream<Row>, updated: Stream<Row>, deleted: Stream<Row>];

type Watchable = Record<'onCreate' | 'onUpdate' | 'onDelete', () => unknown>;

/** The three subscriptions of a model; the client's own types know one model at a time. */
function streamsOf<Row>(model: Watchable): Streams<Row> {
  return [model.onCreate(), model.onUpdate(), model.onDelete()] as unknown as Streams<Row>;
}

function watch<Row extends Versioned>(
  { deliver, failed }: Watcher<Row>,
  [created, updated, deleted]: Streams<Row>,
): Unsubscribe {
  // A mutation that selected too little sends null; the next list brings what it should have said.
  const seen = (row: Row | null): void => void (row && deliver({ kind: 'seen', rows: [row] }));
  const gone = (row: Row | null): void => void (row && deliver({ kind: 'deleted', row }));
  const subscriptions = [
    created.subscribe({ next: seen, error: failed }),
    updated.subscribe({ next: seen, error: failed }),
    deleted.subscribe({ next: gone, error: failed }),
  ];
  return () => subscriptions.forEach((subscription) => subscription.unsubscribe());
}
