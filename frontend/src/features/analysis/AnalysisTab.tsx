import { Alert, Button, SelectField } from '@aws-amplify/ui-react';
import { Microscope, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Analysis } from '../../api/readModels';
import { useWatch } from '../../rows/useWatch';
import { CannotBeShown } from '../../ui/CannotBeShown';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { RelativeTime } from '../../ui/RelativeTime';
import { ListSkeleton } from '../../ui/Skeleton';
import { StateBadge, type Tone } from '../../ui/StateBadge';
import { PendingNote } from '../commands/PendingNote';
import { useHistoryPlace } from '../project/useHistoryPlace';
import { useProjectPage } from '../project/useProjectPage';
import { AnalysisReport } from './AnalysisReport';
import { KINDS } from './kinds';
import { CancelAnalysis } from './CancelAnalysis';
import { RequestAnalysisDialog } from './RequestAnalysisDialog';
import { countsOf, findingsOf } from './report';
import { useAnalyses } from './useAnalyses';

/** What was found about a project, and the way to have it looked at again. */
export function AnalysisTab() {
  useWatch('Analysis');
  const { project, pending, onOpen } = useProjectPage();
  const { reading, analyses, unreadable } = useAnalyses(project.id);
  const requested = pending.filter(({ kind }) => kind === 'request-analysis');
  const history = useHistoryPlace(project);
  const [address, setAddress] = useSearchParams();
  const [asking, setAsking] = useState(false);
  const chosen = analyses.find(({ id }) => id === address.get('analysis'));
  const shown = chosen ?? analyses[0];

  if (reading.isPending) return <ListSkeleton label="Reading the analyses" />;
  const notes = requested.map((each) => (
    <div key={each.commandId} className="card pending-card">
      <PendingNote pending={each} />
    </div>
  ));
  const ask = onOpen && (() => setAsking(true));
  return (
    <>
      {notes}
      {unreadable.map(({ id }) => (
        <div key={id} className="panel broken">
          <CannotBeShown what="analysis" id={id} history={history} />
        </div>
      ))}
      {shown ? (
        <>
          <div className="row">
            <Headline analysis={shown} isOutdated={project.updatedAt > shown.updatedAt} />
            {analyses.length > 1 && (
              <SelectField
                label="Which analysis"
                labelHidden
                value={shown.id}
                onChange={(event) =>
                  setAddress({ analysis: event.target.value }, { preventScrollReset: true })
                }
              >
                {analyses.map((each) => (
                  <option key={each.id} value={each.id}>
                    {nameOf(each)}
                  </option>
                ))}
              </SelectField>
            )}
            {ask && (
              <Button onClick={ask}>
                <RefreshCw /> Analyse again
              </Button>
            )}
          </div>
          <Outcome analysis={shown} mayCancel={onOpen !== undefined} />
        </>
      ) : reading.error ? (
        <ErrorState
          title="The analyses could not be read"
          error={reading.error}
          onRetry={() => void reading.refetch()}
        />
      ) : requested.length + unreadable.length > 0 ? null : (
        <EmptyState
          icon={<Microscope />}
          title="Not analysed yet"
          text="An analysis names risks, missing features and the cost of a month, and what it cannot judge."
        >
          {ask && (
            <Button variation="primary" onClick={ask}>
              Request an analysis
            </Button>
          )}
        </EmptyState>
      )}
      {asking && <RequestAnalysisDialog project={project} onClose={() => setAsking(false)} />}
    </>
  );
}

const STATUS: Record<Analysis['status'], { readonly tone: Tone; readonly word: string }> = {
  REQUESTED: { tone: 'run', word: 'Running' },
  COMPLETED: { tone: 'calm', word: 'Completed' },
  FAILED: { tone: 'bad', word: 'Failed' },
  CANCELLED: { tone: 'off', word: 'Cancelled' },
};

const nameOf = ({ kind, createdAt }: Analysis): string =>
  `${KINDS[kind] ?? kind}, ${new Date(createdAt).toLocaleString()}`;

function Headline({ analysis, isOutdated }: { analysis: Analysis; isOutdated: boolean }) {
  const { status, kind, analyst, updatedAt } = analysis;
  const { tone, word } = STATUS[status];
  return (
    <p className="grow soft">
      <StateBadge tone={tone}>{word}</StateBadge> {KINDS[kind] ?? kind}
      {status === 'COMPLETED' && `: ${countsOf(findingsOf(analysis))}`}
      {analyst && `. By ${analyst}`}, <RelativeTime at={updatedAt} />.
      {status === 'COMPLETED' && isOutdated && ' The project has changed since.'}
    </p>
  );
}

function Outcome({ analysis, mayCancel }: { analysis: Analysis; mayCancel: boolean }) {
  const { status, reason } = analysis;
  switch (status) {
    case 'COMPLETED':
      return <AnalysisReport analysis={analysis} />;
    case 'FAILED':
      return (
        <Alert variation="error" heading="The analysis failed">
          {reason} The project is as it was.
        </Alert>
      );
    case 'CANCELLED':
      return <p className="soft">This analysis was cancelled before it had a result.</p>;
    case 'REQUESTED':
      return (
        <div className="panel body row">
          <p className="grow">The project is being analysed. The result appears here.</p>
          {mayCancel && <CancelAnalysis analysis={analysis} />}
        </div>
      );
  }
}
