import type { OwnerSummary } from '../../api/readModels';
import { Figure } from '../analytics/Figures';
import type { SetUp } from './useNewProjects';

const UNKNOWN = '–';

interface ProjectsFigureProps {
  /** Undefined before anything was counted: then there is no number, rather than a wrong one. */
  readonly summary: OwnerSummary | undefined;
  /** In the range. */
  readonly created: number | undefined;
}

export function ProjectsFigure({ summary, created }: ProjectsFigureProps) {
  const notes = [
    created !== undefined && `${created} new`,
    summary && `${summary.archived} in the archive`,
  ];
  return (
    <Figure term="Projects" note={notes.filter(Boolean).join(', ') || 'Not counted yet'}>
      {summary?.active ?? UNKNOWN}
    </Figure>
  );
}

/** Of the projects that were created in the range. */
export function SetUpFigure({ setUp: { ended, smoothly, failed } }: { setUp: SetUp }) {
  return (
    <Figure term="Set up without failure" note={ended ? waiting(failed) : 'None was to be set up'}>
      {ended ? (
        <>
          {smoothly} <span className="figure-of">of {ended}</span>
        </>
      ) : (
        UNKNOWN
      )}
    </Figure>
  );
}

const waiting = (failed: number): string =>
  failed === 0 ? 'None waits for you' : `${failed} ${failed === 1 ? 'waits' : 'wait'} for you`;
