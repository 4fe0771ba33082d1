import { CircleCheck, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react';
import type { DeploymentStatus } from '../../api/readModels';
import type { Tone } from '../../ui/StateBadge';

interface StatusWords {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly colour: string;
}

export const DEPLOYMENT_STATUS: Record<DeploymentStatus, StatusWords> = {
  RUNNING: { word: 'Running', tone: 'run', icon: LoaderCircle, colour: 't-run spin' },
  SUCCEEDED: { word: 'Completed', tone: 'calm', icon: CircleCheck, colour: 't-ok' },
  FAILED: { word: 'Failed', tone: 'bad', icon: CircleX, colour: 't-bad' },
};
