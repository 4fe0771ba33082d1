import { Undo2 } from 'lucide-react';
import { StateBadge } from '../../ui/StateBadge';
import { type Run, STEPS } from './run';
import { currentStep } from './steps';

export function RunState({ run }: { run: Run }) {
  switch (run.status) {
    case 'RUNNING':
      return (
        <StateBadge tone="run">
          Step {currentStep(run)} of {STEPS.length}
        </StateBadge>
      );
    case 'ABANDONED':
      return (
        <StateBadge tone="warn" icon={Undo2}>
          Undoing
        </StateBadge>
      );
    case 'COMPLETED':
      return <StateBadge tone="ok">Ready</StateBadge>;
    case 'FAILED':
      return <StateBadge tone="bad">Failed</StateBadge>;
    case 'NONE':
    case null:
      return null;
  }
}
