import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, ArrowRight, ChevronLeft, ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Fields } from '../../api/history';
import { CopyId } from '../../ui/CopyId';
import { ErrorState } from '../../ui/ErrorState';
import { Segments } from '../../ui/Segments';
import { ListSkeleton } from '../../ui/Skeleton';
import { useProjectOfHistory } from '../project/useProjectPage';
import { useSession } from '../session/SessionProvider';
import { Avatar } from './Avatar';
import { type Commit, commitsOf } from './commits';
import { changedPart, differences, type Differing, flatten, readable } from './difference';
import { useGoTo } from './useGoTo';
import { staleTime } from './past';
import { useHistoryApi } from './HistoryProvider';
import type { Trail } from './useTrail';
import { authorOf, titleOf, wordsOf } from './words';

interface CommitViewProps {
  readonly commit: Commit;
  readonly trail: Trail;
  /** The project's version now. */
  readonly newest: number;
}

const SHOWS = [
  { value: 'difference', label: 'Difference' },
  { value: 'state', label: 'State' },
  { value: 'events', label: 'Events' },
] as const;

/** One commit: who, when, what it recorded, and the project before and after it. */
export function CommitView({ commit, trail, newest }: CommitViewProps) {
  const [address, setAddress] = useSearchParams();
  const show = SHOWS.find(({ value }) => value === address.get('show'))?.value ?? 'difference';
  const choose = (chosen: string): void => {
    const next = new URLSearchParams(address);
    next.set('show', chosen);
    setAddress(next, { replace: true, preventScrollReset: true, state: { keepsFocus: true } });
  };
  return (
    <div className="commit stack tight">
      <BackToList />
      <CommitHead commit={commit} trail={trail} newest={newest} />
      <section className="panel" aria-label="What it changed">
        <header>
          <Segments label="What is shown of it" value={show} options={SHOWS} onChange={choose} />
        </header>
        {show === 'events' ? (
          <Events commit={commit} />
        ) : (
          <States commit={commit} trail={trail}>
            {(before, after) =>
              show === 'state' ? (
                <StateTable after={after} />
              ) : (
                <DifferenceTable key={commit.version} {...{ commit, before, after }} />
              )
            }
          </States>
        )}
      </section>
    </div>
  );
}

function BackToList() {
  const project = useProjectOfHistory();
  const [address] = useSearchParams();
  return (
    <Link
      className="phone-only"
      to={{ pathname: `/projects/${project.id}/history`, search: address.toString() }}
    >
      <ArrowLeft /> All changes
    </Link>
  );
}

function CommitHead({ commit, trail, newest }: CommitViewProps) {
  const author = authorOf(commit, useSession());
  const at = new Date(commit.timestamp);
  const commits = commitsOf(trail.events);
  const place = commits.findIndex(({ version }) => version === commit.version);
  const [earlier, later] = [commits[place + 1], commits[place - 1]];
  return (
    <section className="panel" aria-label={titleOf(commit)}>
      <div className="body stack tight">
        <div className="row">
          <Avatar author={author} />
          <div className="grow">
            <h2>{titleOf(commit)}</h2>
            <p className="soft sm">
              by {author.name}, {at.toLocaleString()} · version {commit.before} → {commit.version}
            </p>
          </div>
          <StepButton label="Earlier version" to={earlier} icon={<ChevronLeft />} />
          <StepButton label="Later version" to={later} icon={<ChevronRight />} />
        </div>
        {commits.length > 1 && <Slider commit={commit} commits={commits} newest={newest} />}
        <Chain commit={commit} />
      </div>
    </section>
  );
}

interface SliderProps extends Pick<CommitViewProps, 'commit' | 'newest'> {
  /** Newest first. */
  readonly commits: readonly Commit[];
}

/** Goes from commit to commit: between the versions of one there is nothing to stop at. */
function Slider({ commit, commits, newest }: SliderProps) {
  const go = useGoTo();
  const [moved, setMoved] = useState({ from: commit.version, to: commit.version });
  const version = moved.from === commit.version ? moved.to : commit.version;
  const versions = commits.map((each) => each.version).reverse();
  // Each version is read, so only the one at which the slider is let go is gone to.
  const letGo = (): void => {
    if (version !== commit.version) go(version);
  };
  return (
    <div className="row">
      <span className="soft sm">v{versions[0]}</span>
      <input
        type="range"
        aria-label="Version"
        aria-valuetext={`Version ${version} of ${newest}`}
        min={0}
        max={versions.length - 1}
        value={versions.indexOf(version)}
        onChange={(event) => {
          const to = versions[Number(event.target.value)] ?? version;
          setMoved({ from: commit.version, to });
        }}
        onPointerUp={letGo}
        onKeyUp={letGo}
        onBlur={letGo}
      />
      <span className="soft sm">v{newest}, newest</span>
    </div>
  );
}

interface StepButtonProps {
  readonly label: string;
  readonly to: Commit | undefined;
  readonly icon: ReactNode;
}

function StepButton({ label, to, icon }: StepButtonProps) {
  const go = useGoTo();
  return (
    <button
      type="button"
      className="icon-button bounded"
      aria-label={label}
      title={label}
      disabled={!to}
      onClick={() => to && go(to.version)}
    >
      {icon}
    </button>
  );
}

/** From the command to what it recorded. */
function Chain({ commit: { command, correlationId, events } }: { commit: Commit }) {
  return (
    <div className="chain">
      <div className="box">
        <p className="soft xs">Command</p>
        <CopyId id={command} of="the command" />
        <p className="soft xs">
          correlation <CopyId id={correlationId} of="the correlation" />
        </p>
      </div>
      <div className="arrow" aria-hidden="true">
        <ArrowRight />
      </div>
      <div className="box">
        <p className="soft xs">
          {events.length} {events.length === 1 ? 'event' : 'events'}
        </p>
        <ul>
          {events.map(({ eventType, eventSequence }) => (
            <li key={eventSequence}>
              <strong>{eventType}</strong> <span className="soft">#{eventSequence}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

interface StatesProps extends Pick<CommitViewProps, 'commit' | 'trail'> {
  readonly children: (before: Fields, after: Fields) => ReactNode;
}

/** Past states never change: each is read once. */
function States({ commit, trail, children }: StatesProps) {
  const project = useProjectOfHistory();
  const { state } = useHistoryApi();
  const { id } = project;
  const reading = useQuery({
    queryKey: ['states', id, commit.before, commit.version],
    queryFn: () =>
      Promise.all([commit.before ? state(id, commit.before) : {}, state(id, commit.version)]),
    staleTime,
  });
  if (reading.isPending) return <ListSkeleton label="Reading the versions" lines={3} />;
  if (reading.error)
    return (
      <ErrorState
        title="These versions could not be read"
        error={reading.error}
        onRetry={() => void reading.refetch()}
      />
    );
  const [before, after] = reading.data;
  return children(
    readable(before, trail.events, commit.before),
    readable(after, trail.events, commit.version),
  );
}

interface DifferenceTableProps extends Pick<CommitViewProps, 'commit'> {
  readonly before: Fields;
  readonly after: Fields;
}

function DifferenceTable({ commit, before, after }: DifferenceTableProps) {
  const [showsEqual, setShowsEqual] = useState(false);
  const [old, now] = [flatten(before), flatten(after)];
  const differing = differences(old, now);
  const changed = new Set(differing.map(({ field }) => field));
  const equal = [...now].filter(([field]) => !changed.has(field));
  return (
    <>
      <table className="diff">
        <caption className="hidden">
          Fields that differ between version {commit.before} and version {commit.version}
        </caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before, v{commit.before}</th>
            <th scope="col">After, v{commit.version}</th>
          </tr>
        </thead>
        <tbody>
          {differing.map((each) => (
            <DifferingRow key={each.field} differing={each} />
          ))}
          {differing.length === 0 && (
            <tr>
              <td colSpan={3}>No field differs.</td>
            </tr>
          )}
          {showsEqual &&
            equal.map(([field, text]) => (
              <tr key={field}>
                <td>{field}</td>
                <td colSpan={2}>{text}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {equal.length > 0 && (
        <footer>
          <button
            type="button"
            className="text-button"
            aria-expanded={showsEqual}
            onClick={() => setShowsEqual(!showsEqual)}
          >
            {showsEqual ? 'Hide' : 'Show'} the {equal.length} fields that are equal
          </button>
        </footer>
      )}
    </>
  );
}

function DifferingRow({ differing: { field, before, after } }: { differing: Differing }) {
  return (
    <tr>
      <td>{field}</td>
      <td className={before === undefined ? '' : 'was'} data-l="Before">
        <Marked sign="−" text={before} other={after} />
      </td>
      <td className={after === undefined ? '' : 'is'} data-l="After">
        <Marked sign="+" text={after} other={before} />
      </td>
    </tr>
  );
}

interface MarkedProps {
  readonly sign: string;
  readonly text: string | undefined;
  readonly other: string | undefined;
}

/** A value, with what differs in it from the other one. */
function Marked({ sign, text, other }: MarkedProps) {
  if (text === undefined) return <span className="soft">–</span>;
  if (other === undefined) return `${sign} ${text}`;
  const [start, part, end] = changedPart(text, other);
  return (
    <>
      {sign} {start}
      {part && <mark>{part}</mark>}
      {end}
    </>
  );
}

function StateTable({ after }: { after: Fields }) {
  return (
    <table className="diff">
      <caption className="hidden">Every field at this version</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {[...flatten(after)].map(([field, text]) => (
          <tr key={field}>
            <td>{field}</td>
            <td>{text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Events({ commit }: { commit: Commit }) {
  return (
    <ul className="lines">
      {commit.events.map(({ eventId, eventType, eventSequence, data }) => (
        <li key={eventId} className="line">
          <div className="line-body">
            <h3>
              {wordsOf(eventType)} <span className="soft">#{eventSequence}</span>
            </h3>
            <pre tabIndex={0}>{JSON.stringify(data, null, 2)}</pre>
          </div>
        </li>
      ))}
    </ul>
  );
}
