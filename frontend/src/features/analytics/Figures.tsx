import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { percent } from '../project/percent';
import { type Counts, rateOf } from './days';

interface FiguresProps {
  readonly now: Counts;
  /** The same over as many days before. */
  readonly before: Counts;
  readonly days: number;
  /** Further figures: the first of all, and others. */
  readonly first?: ReactNode;
  readonly children?: ReactNode;
}

/** The figures of a range, beside those of the range before it. */
export function Figures({ now, before, days, first, children }: FiguresProps) {
  const rate = rateOf(now);
  const ended = now.succeeded + now.failed;
  return (
    <dl className="panel stats">
      {first}
      <Figure
        term="Deployments"
        note={<Compared now={now.deployments} before={before.deployments} days={days} />}
      >
        {now.deployments}
      </Figure>
      <Figure
        term="Success rate"
        note={ended ? `${now.succeeded} of ${ended} that ended` : 'None has ended.'}
      >
        {rate === null ? '–' : percent(rate)}
      </Figure>
      {children}
      <Figure
        term="Recorded events"
        note={<Compared now={now.totalEvents} before={before.totalEvents} days={days} />}
      >
        {now.totalEvents}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly term: string;
  readonly note: ReactNode;
  readonly children: ReactNode;
}

export function Figure({ term, note, children }: FigureProps) {
  return (
    <div>
      <dt className="soft sm">{term}</dt>
      <dd className="figure">{children}</dd>
      <dd className="soft sm">{note}</dd>
    </div>
  );
}

interface ComparedProps {
  readonly now: number;
  readonly before: number;
  readonly days: number;
}

function Compared({ now, before, days }: ComparedProps) {
  const span = `the ${days} days before`;
  if (now === before) return `As many as in ${span}`;
  const isMore = now > before;
  return (
    <span className="with">
      {isMore ? <ArrowUp /> : <ArrowDown />}
      {Math.abs(now - before)} {isMore ? 'more' : 'fewer'} than in {span}
    </span>
  );
}
