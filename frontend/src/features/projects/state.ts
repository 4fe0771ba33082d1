import { Archive, type LucideIcon } from 'lucide-react';
import type { Project } from '../../api/readModels';
import type { Tone } from '../../ui/StateBadge';

export interface ShownState {
  readonly tone: Tone;
  readonly icon?: LucideIcon;
  readonly word: string;
}

/** A project's state in one word. */
export function stateOf({ status }: Pick<Project, 'status'>): ShownState {
  if (status === 'ARCHIVED') return { tone: 'off', icon: Archive, word: 'Archived' };
  return { tone: 'calm', word: 'Ready' };
}
