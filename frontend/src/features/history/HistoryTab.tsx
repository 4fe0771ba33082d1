import { Button, SelectField } from '@aws-amplify/ui-react';
import { useEffect } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { HistoryFailed } from '../../api/history';
import { clock } from '../../api/serverClock';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { ListSkeleton } from '../../ui/Skeleton';
import { useProjectOfHistory } from '../project/useProjectPage';
import { useSession } from '../session/SessionProvider';
import { Avatar } from './Avatar';
import { CommitView } from './CommitView';
import { byDay, type Commit, commitAt, commitsOf, kindOf, KINDS } from './commits';
import { useGoTo, versionPath } from './useGoTo';
import { type Trail, useTrail } from './useTrail';
import { type Author, authorOf, summaryOf, titleOf } from './words';

/** What was done to a project, by whom and when; and what it was like at any version. */
export function HistoryTab() {
  const project = useProjectOfHistory();
  const trail = useTrail(project);
  const { version } = useParams();
  const commits = commitsOf(trail.events);
  if (trail.isLoading) return <ListSkeleton label="Reading the history" />;
  if (trail.error && commits.length === 0) return <Unread trail={trail} error={trail.error} />;
  const asked = Number(version);
  const commit = version === undefined ? commits[0] : commitAt(commits, asked);
  return (
    <div className={`split ${version === undefined ? 'on-list' : 'on-commit'}`}>
      <Timeline commits={commits} trail={trail} current={commit} />
      {commit ? (
        <CommitView commit={commit} trail={trail} newest={project.version} />
      ) : (
        <Elsewhere version={asked} trail={trail} />
      )}
      <ArrowKeys commits={commits} current={commit} />
    </div>
  );
}

function Unread({ trail, error }: { trail: Trail; error: Error }) {
  if (error instanceof HistoryFailed && error.status === 403)
    return (
      <EmptyState
        title="This history is not yours to read"
        text="Only the owner and Admins may read this history."
      />
    );
  return <ErrorState title="The history could not be read" error={error} onRetry={trail.retry} />;
}

/** A version before those that were read, or one that there is not. */
function Elsewhere({ version, trail }: { version: number; trail: Trail }) {
  const { hasEarlier, isReadingEarlier, readEarlier, error } = trail;
  const first = trail.events[0]?.eventSequence ?? 1;
  const isEarlier = hasEarlier && version >= 1 && version < first;
  useEffect(() => {
    // What has failed is asked for again by the button alone: nothing else would end the asking.
    if (isEarlier && !isReadingEarlier && !error) readEarlier();
  }, [isEarlier, isReadingEarlier, readEarlier, error]);
  if (isEarlier && error && !isReadingEarlier) return <EarlierUnread trail={trail} />;
  if (isEarlier) return <ListSkeleton label="Reading earlier versions" />;
  return (
    <EmptyState title="No such version" text="The project has not come to this version.">
      <Link to=".." relative="path">
        Its newest version
      </Link>
    </EmptyState>
  );
}

/** Nothing reads it again by itself: of a trail that was read, only what is missing is asked for. */
function EarlierUnread({ trail }: { trail: Trail }) {
  return (
    <ErrorState
      title="The earlier versions could not be read"
      error={trail.error}
      isRepeated={false}
      onRetry={trail.readEarlier}
    />
  );
}

interface TimelineProps {
  readonly commits: readonly Commit[];
  readonly trail: Trail;
  readonly current: Commit | undefined;
}

function Timeline({ commits, trail, current }: TimelineProps) {
  const [address, setAddress] = useSearchParams();
  const session = useSession();
  const people = new Map(commits.map((commit) => [authorOf(commit, session).name, commit]));
  const what = address.get('what') ?? '';
  const who = address.get('who') ?? '';
  const shown = commits.filter(
    (commit) =>
      [what, ''].includes(what && kindOf(commit)) &&
      [who, ''].includes(who && authorOf(commit, session).name),
  );
  const filter = (name: string, value: string): void => {
    const next = new URLSearchParams(address);
    if (value) next.set(name, value);
    else next.delete(name);
    setAddress(next, { replace: true, preventScrollReset: true });
  };
  return (
    <section className="panel timeline" aria-label="Timeline">
      <header>
        <SelectField
          label="What was changed"
          labelHidden
          value={what}
          onChange={(event) => filter('what', event.target.value)}
        >
          <option value="">Everything</option>
          {Object.entries(KINDS).map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Who changed it"
          labelHidden
          value={who}
          onChange={(event) => filter('who', event.target.value)}
        >
          <option value="">Everybody</option>
          {[...people.keys()].map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </SelectField>
      </header>
      {trail.newsError && (
        <ErrorState
          title="The newest versions could not be read"
          error={trail.newsError}
          onRetry={trail.retryNews}
        />
      )}
      {byDay(shown, clock.now()).map(([day, ofDay]) => (
        <div key={day}>
          <h2>{day}</h2>
          <ul>
            {ofDay.map((commit) => (
              <TimelineEntry
                key={commit.version}
                commit={commit}
                author={authorOf(commit, session)}
                isCurrent={commit === current}
              />
            ))}
          </ul>
        </div>
      ))}
      {shown.length === 0 && <p className="body soft">Nothing here fits the filters.</p>}
      {current && trail.error && !trail.isReadingEarlier && <EarlierUnread trail={trail} />}
      {trail.hasEarlier && (
        <footer>
          <span>Back to version {trail.events[0]?.eventSequence}</span>
          <Button
            size="small"
            className="push"
            isLoading={trail.isReadingEarlier}
            loadingText="Earlier"
            onClick={trail.readEarlier}
          >
            Earlier
          </Button>
        </footer>
      )}
    </section>
  );
}

interface TimelineEntryProps {
  readonly commit: Commit;
  readonly author: Author;
  readonly isCurrent: boolean;
}

function TimelineEntry({ commit, author, isCurrent }: TimelineEntryProps) {
  const project = useProjectOfHistory();
  const [address] = useSearchParams();
  const at = new Date(commit.timestamp);
  return (
    <li>
      <Link
        to={{ pathname: versionPath(project.id, commit.version), search: address.toString() }}
        state={{ keepsFocus: true }}
        aria-current={isCurrent || undefined}
        preventScrollReset
      >
        <Avatar author={author} />
        <strong>{titleOf(commit)}</strong>
        <span className="soft sm num">v{commit.version}</span>
        <span className="soft sm summary">{summaryOf(commit) || `by ${author.name}`}</span>
        <time className="soft sm num" dateTime={commit.timestamp} title={at.toLocaleString()}>
          {at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
        </time>
      </Link>
    </li>
  );
}

/** Fields, and what is scrolled or walked through by the arrows. */
const TAKES_ARROWS =
  'input, select, textarea, pre, .scroll, dialog, [role="group"], [role="menu"], [role="tree"]';

/** ← and → walk through the versions; they are left to fields and to what is scrolled by them. */
function ArrowKeys({ commits, current }: Pick<TimelineProps, 'commits' | 'current'>) {
  const go = useGoTo();
  useEffect(() => {
    const at = current ? commits.indexOf(current) : -1;
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const isTaken = event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey;
      if (isTaken || target.closest(TAKES_ARROWS)) return;
      const step = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
      const next = step === undefined || at < 0 ? undefined : commits[at + step];
      if (next) go(next.version);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [commits, current, go]);
  return null;
}
