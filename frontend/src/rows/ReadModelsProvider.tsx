import { createContext, type ReactNode, use, useCallback, useMemo, useReducer } from 'react';
import { connectReadModels, type Project, type ReadModels, type Service } from '../api/readModels';
import type { Connection } from '../features/connection/connection';
import { useCatchUp } from '../features/connection/useCatchUp';
import { useConnection } from '../features/connection/useConnection';
import { readsAll, type Session } from '../features/session/session';
import { noRows, receive, type Rows } from './rows';
import { type Reading, useReading } from './useReading';
import { useWatch } from './useWatch';

export interface ReadModelsView {
  readonly projects: Rows<Project>;
  readonly services: Rows<Service>;
  readonly connection: Connection;
  /** How the last reading of the project list went. Rows may be there all the same. */
  readonly listing: Reading;
  readonly readList: () => void;
  /** Reads one project with its services; false when there is none that this person may see. */
  readonly readProject: (id: string) => Promise<boolean>;
}

const ReadModelsContext = createContext<ReadModelsView | undefined>(undefined);

export function useReadModels(): ReadModelsView {
  const view = use(ReadModelsContext);
  if (!view) throw new Error('useReadModels is called outside ReadModelsProvider');
  return view;
}

interface ProviderProps {
  readonly session: Session;
  readonly children: ReactNode;
  readonly readModels?: ReadModels;
}

export function ReadModelsProvider({ session, children, readModels }: ProviderProps) {
  const api = useMemo(() => readModels ?? connectReadModels(), [readModels]);
  const connection = useConnection();
  const [projects, deliverProjects] = useReducer(receive<Project>, noRows);
  const [services, deliverServices] = useReducer(receive<Service>, noRows);
  const [listing, readList] = useReading(
    useCallback(async () => {
      const rows = await (readsAll(session) ? api.allProjects() : api.projectsOf(session.userId));
      deliverProjects({ kind: 'seen', rows });
    }, [api, session]),
  );
  const readProject = useCallback(
    async (id: string) => {
      const [project, rows] = await Promise.all([api.project(id), api.servicesOf(id)]);
      deliverServices({ kind: 'seen', rows });
      if (project) deliverProjects({ kind: 'seen', rows: [project] });
      return project !== null;
    },
    [api],
  );

  useWatch(api.watchProjects, deliverProjects);
  useWatch(api.watchServices, deliverServices);
  useCatchUp(connection, listing, readList);

  const view = useMemo(
    () => ({ projects, services, connection, listing, readList, readProject }),
    [projects, services, connection, listing, readList, readProject],
  );
  return <ReadModelsContext value={view}>{children}</ReadModelsContext>;
}
