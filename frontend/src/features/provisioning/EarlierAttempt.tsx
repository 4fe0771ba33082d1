import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { RelativeTime } from '../../ui/RelativeTime';
import { RunPanel } from './RunPanel';
import { RunState } from './RunState';
import type { Run } from './run';
import { consequenceOf, summaryOf } from './steps';

interface EarlierAttemptProps {
  readonly run: Run;
  readonly now: number;
  readonly analysisAt: string;
}

/** An attempt that is not the one in view, in one line until somebody wants to see it. */
export function EarlierAttempt({ run, now, analysisAt }: EarlierAttemptProps) {
  const [isOpen, setOpen] = useState(false);
  const { attempt, endedAt, status } = run;
  return (
    <details
      className="panel attempt"
      onToggle={(event) => setOpen(event.currentTarget.open)}
      data-attempt={attempt}
    >
      <summary className="row">
        <ChevronRight className="marker" /> <strong>Attempt {attempt}</strong>
        <RunState run={run} />
        <span className="soft">
          {summaryOf(run)}
          {endedAt && (
            <>
              {summaryOf(run) && ', '}
              <RelativeTime at={endedAt} />
            </>
          )}
        </span>
      </summary>
      {isOpen && (
        <div className="body stack tight">
          {status === 'FAILED' && <p>{consequenceOf(run)}</p>}
          <RunPanel
            run={run}
            title={`Steps of attempt ${attempt}`}
            now={now}
            analysisAt={analysisAt}
          />
        </div>
      )}
    </details>
  );
}
