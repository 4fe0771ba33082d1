import type { ReactNode } from 'react';
import type { ServiceType } from '../../api/commands';
import { ApiIcon, FrontendIcon, WorkerIcon } from '../../ui/icons';

interface ServiceTypeWords {
  readonly label: string;
  readonly icon: ReactNode;
}

export const SERVICE_TYPES: Record<ServiceType, ServiceTypeWords> = {
  API: { label: 'API', icon: <ApiIcon /> },
  FRONTEND: { label: 'Front end', icon: <FrontendIcon /> },
  WORKER: { label: 'Worker', icon: <WorkerIcon /> },
};
