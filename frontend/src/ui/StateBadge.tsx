import { Badge } from '@aws-amplify/ui-react';
import {
  Archive,
  Check,
  Clock,
  type LucideIcon,
  LoaderCircle,
  Minus,
  TriangleAlert,
  X,
} from 'lucide-react';
import type { ReactNode } from 'react';

/** `calm` is as it should be: without a ground, so that a failure is seen among twenty rows. */
export type Tone = 'calm' | 'ok' | 'run' | 'warn' | 'bad' | 'off';

const ICONS: Record<Tone, LucideIcon> = {
  calm: Check,
  ok: Check,
  run: LoaderCircle,
  warn: TriangleAlert,
  bad: X,
  off: Minus,
};

interface StateBadgeProps {
  readonly tone: Tone;
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
}

/** A state: an icon and a word, and a colour that repeats them. */
export function StateBadge({ tone, icon, children }: StateBadgeProps) {
  const Icon = icon ?? ICONS[tone];
  return (
    <Badge className={`badge ${tone}`}>
      <Icon className={tone === 'run' ? 'spin' : ''} />
      {children}
    </Badge>
  );
}

export const ARCHIVED = { tone: 'off', icon: Archive } as const;
export const WAITING = { tone: 'off', icon: Clock } as const;
