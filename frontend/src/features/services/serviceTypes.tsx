import { AppWindow, Braces, Cog, type LucideIcon } from 'lucide-react';
import type { ServiceType } from '../../api/commands';

interface ServiceTypeWords {
  readonly label: string;
  readonly icon: LucideIcon;
  /** The colour of its tile. */
  readonly tone: string;
}

export const SERVICE_TYPES: Record<ServiceType, ServiceTypeWords> = {
  API: { label: 'API', icon: Braces, tone: '' },
  FRONTEND: { label: 'Front end', icon: AppWindow, tone: 'run' },
  WORKER: { label: 'Worker', icon: Cog, tone: 'warn' },
};
