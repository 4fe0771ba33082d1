import { useMemo } from 'react';
import { ErrorState } from '../../ui/ErrorState';
import { Bones, Skeleton } from '../../ui/Skeleton';
import { EventsChart } from './EventsChart';
import { LatencyChart } from './LatencyChart';
import type { Minute } from './minutes';
import { useMinutes } from './useMinutes';

/** How the pipeline fares, minute by minute: for Admin, who alone may read it. */
export function Pipeline() {
  const { minutes, query } = useMinutes();
  const isEmpty = minutes.every(({ values }) => values.size === 0);
  return (
    <section className="stack" aria-labelledby="pipeline">
      <header className="section-header">
        <h2 id="pipeline">The pipeline in the last hour</h2>
        <span className="soft sm">All projects, minutes of UTC</span>
      </header>
      {query.isPending && isEmpty ? (
        <Reading />
      ) : query.error && isEmpty ? (
        <ErrorState
          title="The figures could not be read"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : isEmpty ? (
        <p className="soft">
          Nothing was measured in the last hour. Figures come a minute after something happens,
          unless they are switched off for this stage.
        </p>
      ) : (
        <Charts minutes={minutes} />
      )}
    </section>
  );
}

function Charts({ minutes }: { minutes: readonly Minute[] }) {
  const key = JSON.stringify(minutes.map(({ minute, values }) => [minute, [...values]]));
  // The charts are drawn anew only when a figure has changed, not whenever somebody looks at the clock.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const shown = useMemo(() => minutes, [key]);
  return (
    <div className="half">
      <LatencyChart minutes={shown} />
      <EventsChart minutes={shown} />
    </div>
  );
}

function Reading() {
  return (
    <Skeleton label="Reading the figures">
      <div className="half">
        <div className="panel body chart-bones">
          <Bones count={3} width="60%" />
        </div>
        <div className="panel body chart-bones" />
      </div>
    </Skeleton>
  );
}
