import { TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { ErrorState } from '../../ui/ErrorState';
import { Panel } from '../../ui/Panel';
import { BoneRows, Skeleton } from '../../ui/Skeleton';
import type { Concern } from './concerns';
import { ConcernRow } from './ConcernRow';
import { useConcerns } from './useConcerns';

/** More than this are not read one by one; lists have them all. */
const SHOWN = 5;

/** What of all one's projects waits for oneself. */
export function Attention({ userId }: { userId: string }) {
  const { concerns, query } = useConcerns(userId);
  const unreadable = query.data?.unreadable ?? 0;
  const count = concerns.length + unreadable;
  return (
    <Panel
      title={<>Needs your attention {count > 0 && <span className="count">{count}</span>}</>}
      footer={concerns.length > SHOWN && <TheOthers count={concerns.length} />}
    >
      {concerns.length > 0 ? (
        <Concerns concerns={concerns.slice(0, SHOWN)} />
      ) : query.isPending ? (
        <Skeleton label="Reading what needs your attention">
          <BoneRows count={2} />
        </Skeleton>
      ) : query.error ? (
        <ErrorState
          title="What needs your attention could not be read"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : unreadable === 0 ? (
        <p className="body soft">
          Nothing: every project was set up, and no last deployment has failed.
        </p>
      ) : null}
      {unreadable > 0 && (
        <p className="body with">
          <TriangleAlert className="t-warn" />
          {unreadable === 1 ? 'One more project' : `${unreadable} more projects`} with a failure
          cannot be shown at present.
        </p>
      )}
    </Panel>
  );
}

function Concerns({ concerns }: { concerns: readonly Concern[] }) {
  return (
    <table className="list concerns">
      <caption className="hidden">What needs your attention</caption>
      <tbody>
        {concerns.map((concern) => (
          <ConcernRow key={`${concern.what} ${concern.project.id}`} concern={concern} />
        ))}
      </tbody>
    </table>
  );
}

function TheOthers({ count }: { count: number }) {
  return (
    <p className="soft sm">
      {SHOWN} of {count}. All projects that{' '}
      <Link to="/projects?state=failed&owner=me">were not set up</Link>, or{' '}
      <Link to="/projects?deployment=failed&owner=me">whose last deployment failed</Link>.
    </p>
  );
}
