import { Archive, type LucideIcon } from 'lucide-react';
import type { Project } from '../../api/readModels';
import type { Tone } from '../../ui/StateBadge';

export interface ShownState {
  readonly tone: Tone;
  readonly icon?: LucideIcon;
  readonly word: string;
}

type Provisioning = Project['provisioning'];

const STATES: Record<Provisioning, ShownState> = {
  NONE: { tone: 'calm', word: 'Ready' },
  RUNNING: { tone: 'run', word: 'Provisioning' },
  ABANDONED: { tone: 'run', word: 'Undoing' },
  COMPLETED: { tone: 'calm', word: 'Ready' },
  FAILED: { tone: 'bad', word: 'Failed' },
};

/** Those that a list can be filtered by: the others are as it should be. */
export const FILTERED_STATES = ['RUNNING', 'ABANDONED', 'FAILED'] as const;

export const stateWord = (provisioning: Provisioning): string => STATES[provisioning].word;

/** A project's state in one word. */
export function stateOf({
  status,
  provisioning,
}: Pick<Project, 'status' | 'provisioning'>): ShownState {
  if (status === 'ARCHIVED') return { tone: 'off', icon: Archive, word: 'Archived' };
  return STATES[provisioning];
}

/** Until an attempt has ended, it alone changes template, repository, configuration and services. */
export const isProvisioned = ({ provisioning }: Pick<Project, 'provisioning'>): boolean =>
  provisioning === 'RUNNING' || provisioning === 'ABANDONED';
