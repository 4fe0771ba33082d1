import { Button } from '@aws-amplify/ui-react';
import { ChartColumn } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { BoneRows, Skeleton } from '../../ui/Skeleton';
import { DeploymentsChart } from './DeploymentsChart';
import { perDay, rateOf, sumOf } from './days';
import { Figures } from './Figures';
import { longerThan, wordOf } from './ranges';
import { useRange } from './RangeChoice';
import { SuccessChart } from './SuccessChart';
import type { useDays } from './useDays';

interface ActivityProps {
  readonly of: ReturnType<typeof useDays>;
  /** Further figures: the first of all, and others. */
  readonly first?: ReactNode;
  readonly children?: ReactNode;
}

/** Figures and charts of some days: of a project, or of several together. */
export function Activity({
  of: { rows, days, daysBefore, unreadable, query },
  first,
  children,
}: ActivityProps) {
  const key = JSON.stringify(perDay(rows, days));
  // The charts are drawn anew only when a figure has changed, not whenever a row is delivered.
  const shown = useMemo(() => JSON.parse(key) as ReturnType<typeof perDay>, [key]);
  const now = sumOf(shown);
  if (query.isPending && now.totalEvents === 0) return <Reading />;
  if (query.error && now.totalEvents === 0)
    return (
      <ErrorState
        title="The days could not be read"
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    );
  if (now.deployments === 0 && rateOf(now) === null) return <NoDeployments />;
  return (
    <>
      <Figures now={now} before={sumOf(perDay(rows, daysBefore))} days={days.length} first={first}>
        {children}
      </Figures>
      {unreadable > 0 && (
        <p className="soft">
          {unreadable === 1 ? 'One day of a project' : `${unreadable} days of projects`} cannot be
          shown at present, and {unreadable === 1 ? 'is' : 'are'} not counted here.
        </p>
      )}
      <div className="half">
        <DeploymentsChart days={shown} />
        <SuccessChart days={shown} />
      </div>
    </>
  );
}

function Reading() {
  return (
    <Skeleton label="Reading the days">
      <div className="stack">
        <div className="panel">
          <BoneRows count={2} />
        </div>
        <div className="half">
          <div className="panel body chart-bones" />
          <div className="panel body chart-bones" />
        </div>
      </div>
    </Skeleton>
  );
}

function NoDeployments() {
  const [range, setRange] = useRange();
  const longer = longerThan(range);
  return (
    <EmptyState
      icon={<ChartColumn />}
      title={`No deployments in these ${range} days`}
      text="Charts appear with the first deployment that your pipeline or GitHub reports."
    >
      {longer && <Button onClick={() => setRange(wordOf(longer))}>Show {longer} days</Button>}
    </EmptyState>
  );
}
