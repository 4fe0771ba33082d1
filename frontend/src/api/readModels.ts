import { generateClient } from 'aws-amplify/data';
import type { Schema } from '../../../amplify/data/schema';
import type { Delivery, Versioned } from '../rows/rows';

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

/** Reads and live changes of the read models. Every read rejects with QueryFailed when it fails. */
export interface ReadModels {
  readonly projectsOf: (userId: string) => Promise<Project[]>;
  /** Of every owner: for the groups that may read all. */
  readonly allProjects: () => Promise<Project[]>;
  /** Null when there is none, or it is another owner's. */
  readonly project: (id: string) => Promise<Project | null>;
  readonly servicesOf: (projectId: string) => Promise<Service[]>;
  readonly watchProjects: (watcher: Watcher<Project>) => Unsubscribe;
  readonly watchServices: (watcher: Watcher<Service>) => Unsubscribe;
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

export function connectReadModels(): ReadModels {
  const { Project, Service } = generateClient<Schema>({ authMode: 'userPool' }).models;
  const newestFirst = (nextToken: string | null) =>
    ({ sortDirection: 'DESC', limit: PAGE, nextToken }) as const;
  const projectsIn = (status: 'ACTIVE' | 'ARCHIVED'): Promise<Project[]> =>
    everyPage((nextToken) => Project.projectsByStatus({ status }, newestFirst(nextToken)));

  return {
    projectsOf: (userId) =>
      everyPage((nextToken) => Project.projectsByUser({ userId }, newestFirst(nextToken))),
    allProjects: async () =>
      (await Promise.all([projectsIn('ACTIVE'), projectsIn('ARCHIVED')])).flat(),
    project: async (id) => ofMine(await Project.get({ id })),
    servicesOf: (projectId) =>
      everyPage((nextToken) =>
        Service.servicesByProject({ projectId }, { limit: PAGE, nextToken }),
      ),
    watchProjects: (watcher) =>
      watch(watcher, [Project.onCreate(), Project.onUpdate(), Project.onDelete()]),
    watchServices: (watcher) =>
      watch(watcher, [Service.onCreate(), Service.onUpdate(), Service.onDelete()]),
  };
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

/**
 * A page may be empty and still have a successor: only a missing token ends a list.
 * A row that AppSync cannot show as the schema declares it is left out; the others are shown.
 */
export async function everyPage<Row>(
  fetchPage: (nextToken: string | null) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let nextToken: string | null | undefined = null;
  do {
    const page: Page<Row> = await fetchPage(nextToken);
    rows.push(...shown(page));
    nextToken = page.nextToken;
  } while (nextToken);
  return rows;
}

function shown<Row>(page: Page<Row>): Row[] {
  if (!page.errors?.every(isOfStoredValue)) return answered(page);
  return page.data.filter((row) => row !== null);
}

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
