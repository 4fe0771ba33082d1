import { useId } from 'react';
import { Link } from 'react-router';
import { Steps } from '../../ui/Steps';
import type { Run } from './run';
import { lengthOf, progressOf, type StepView, viewsOf } from './steps';

interface RunPanelProps {
  readonly run: Run;
  readonly title: string;
  readonly now: number;
  /** Where the findings of the analysis are. */
  readonly analysisAt: string;
}

/** One attempt: its steps in a column, whether they are done or undone. */
export function RunPanel({ run, title, now, analysisAt }: RunPanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {run.status === 'RUNNING' && <ProgressBar run={run} />}
        <span className="push soft sm num">{lengthOf(run, now)}</span>
      </header>
      <Steps
        label="Steps"
        steps={viewsOf(run, now).map((view) => ({
          ...view,
          what: <What view={view} analysisAt={run.analysisId && analysisAt} />,
        }))}
      />
    </section>
  );
}

interface WhatProps {
  readonly view: StepView;
  readonly analysisAt: string | null | undefined;
}

function What({ view: { key, state, what }, analysisAt }: WhatProps) {
  return (
    <>
      {what}{' '}
      {key === 'ANALYSIS' && state === 'done' && analysisAt && (
        <Link to={analysisAt}>Read the analysis</Link>
      )}
    </>
  );
}

function ProgressBar({ run }: { run: Run }) {
  const { done, of, percent } = progressOf(run);
  return (
    <div
      className="bar"
      role="progressbar"
      aria-valuenow={done}
      aria-valuemin={0}
      aria-valuemax={of}
      aria-label={`${done} of ${of} steps are done`}
    >
      <i style={{ width: `${percent}%` }} />
    </div>
  );
}
