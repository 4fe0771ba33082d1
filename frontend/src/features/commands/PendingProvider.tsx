import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import type { Accepted } from '../../api/commands';
import { useQueryClient } from '@tanstack/react-query';
import { useReadModels, useRows } from '../../rows/useReadModels';
import { projectKey, readProject } from '../../rows/useRead';
import { useAnnouncement } from '../../ui/Announcer';
import { analysesKey, readAnalyses } from '../analysis/useAnalyses';
import { isOfAnalysis, isOverdue, type Pending, pendingOf, unsettled } from './pending';
import { pollUntilStopped } from './polling';

interface PendingView {
  readonly pending: readonly Pending[];
  /**
   * To be called with what was accepted; `name` is what the person knows it by. The project is the
   * one of the analysis, when it is one that was requested.
   */
  readonly expect: (
    kind: Pending['kind'],
    name: string,
    accepted: Accepted,
    projectId?: string,
  ) => void;
  /** The projects that were created on this page. */
  readonly created: ReadonlySet<string>;
}

const PendingContext = createContext<PendingView | undefined>(undefined);

export function usePending(): PendingView {
  const view = use(PendingContext);
  if (!view) throw new Error('usePending is called outside PendingProvider');
  return view;
}

/** Remembers accepted commands until the page shows what they did, and says so. */
export function PendingProvider({ children }: { children: ReactNode }) {
  const projects = useRows('Project');
  const services = useRows('Service');
  const analyses = useRows('Analysis');
  const [expected, setExpected] = useState<readonly Pending[]>([]);
  const [created, setCreated] = useState<ReadonlySet<string>>(new Set());
  const pending = useMemo(
    () => unsettled(expected, { projects, services, analyses }),
    [expected, projects, services, analyses],
  );
  const expect = useCallback<PendingView['expect']>((kind, name, accepted, projectId) => {
    const news = pendingOf(kind, name, accepted, Date.now(), projectId);
    setExpected((before) => [...before, news]);
    // Its row may well have come before the answer did.
    if (kind === 'create-project')
      setCreated((before) => new Set([...before, accepted.aggregateId]));
  }, []);
  // Another command may have been accepted since `expected` was rendered.
  if (pending !== expected)
    setExpected((before) => unsettled(before, { projects, services, analyses }));
  usePolling(pending);
  const view = useMemo(() => ({ pending, expect, created }), [pending, expect, created]);
  return (
    <PendingContext value={view}>
      <Announcement pending={pending} />
      {children}
    </PendingContext>
  );
}

function usePolling(pending: readonly Pending[]): void {
  const readProject = useReadProject();
  const readAnalyses = useReadAnalyses();
  const analysed = idsOf(pending.filter(isOfAnalysis));
  const others = idsOf(pending.filter((each) => !isOfAnalysis(each)));
  useEffect(() => pollEach(others, readProject), [others, readProject]);
  useEffect(() => pollEach(analysed, readAnalyses), [analysed, readAnalyses]);
}

const idsOf = (pending: readonly Pending[]): string =>
  [...new Set(pending.map(({ projectId }) => projectId))].sort().join(' ');

function pollEach(ids: string, read: (id: string) => Promise<unknown>): (() => void) | undefined {
  if (ids === '') return undefined;
  return pollUntilStopped(() => Promise.allSettled(ids.split(' ').map(read)));
}

function useReadAnalyses(): (projectId: string) => Promise<unknown> {
  const { api, store } = useReadModels();
  const client = useQueryClient();
  return useCallback(
    (id) =>
      client.query({
        queryKey: analysesKey(id),
        queryFn: () => readAnalyses(id)(api, store),
        staleTime: 0,
      }),
    [api, store, client],
  );
}

/** Reads a project at once, whoever looks at it; for what the page itself has brought about. */
export function useReadProject(): (id: string) => Promise<unknown> {
  const { api, store } = useReadModels();
  const client = useQueryClient();
  return useCallback(
    (id) =>
      client.query({
        queryKey: projectKey(id),
        queryFn: () => readProject(id)(api, store),
        staleTime: 0,
      }),
    [api, store, client],
  );
}

/** For screen readers: what was sent, and that it has arrived. */
function Announcement({ pending }: { pending: readonly Pending[] }) {
  const latest = pending.at(-1);
  const [hasSent, setHasSent] = useState(false);
  if (latest && !hasSent) setHasSent(true);
  const rest = hasSent ? 'Done: the page is up to date.' : '';
  useAnnouncement(latest ? `${doing(latest)} ${latest.name}…` : rest);
  return null;
}

const DOING: Partial<Record<Pending['kind'], string>> = {
  'create-project': 'Creating',
  'add-service': 'Adding',
  'remove-service': 'Removing',
  'archive-project': 'Archiving',
  'restore-project': 'Restoring',
  'delete-project': 'Deleting',
  'start-provisioning': 'Setting up',
  'unlink-repository': 'Unlinking the repository of',
  'request-analysis': 'Requesting an analysis of',
  'cancel-analysis': 'Cancelling the analysis of',
};

export const doing = ({ kind }: Pending): string => DOING[kind] ?? 'Saving';

/** Re-renders when a pending command turns overdue. */
export function useOverdue(pending: Pending): boolean {
  const [overdue, setOverdue] = useState(() => isOverdue(pending, Date.now()));
  useEffect(() => {
    const timer = setInterval(() => setOverdue(isOverdue(pending, Date.now())), 1_000);
    return () => clearInterval(timer);
  }, [pending]);
  return overdue;
}
