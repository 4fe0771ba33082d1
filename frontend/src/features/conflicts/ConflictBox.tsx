import { Alert } from '@aws-amplify/ui-react';
import { GitMerge } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { plainLines } from '../../ui/plain';
import { RelativeTime } from '../../ui/RelativeTime';
import { StateBadge } from '../../ui/StateBadge';
import { type Choice, type Field, isMine, isOfBoth, isTheirs, listOf } from './conflict';

interface ConflictBoxProps {
  /** What is edited: `project`. */
  readonly what: string;
  readonly newest: { readonly version: number; readonly updatedAt: string };
  readonly conflict: readonly Field[];
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

/** Others have changed what is in the form: what differs, and the three ways to go on. */
export function ConflictBox({ what, newest, conflict, choice, onChoose }: ConflictBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <>
      <div ref={box} tabIndex={-1} className="failure">
        <Alert
          variation="warning"
          role="alert"
          heading={`The ${what} has changed since you opened this form`}
        >
          Version {newest.version} was saved <RelativeTime at={newest.updatedAt} />. Nothing of
          yours is lost.
        </Alert>
      </div>
      <Differences conflict={conflict} />
      <Choices conflict={conflict} choice={choice} onChoose={onChoose} />
    </>
  );
}

function Differences({ conflict }: Pick<ConflictBoxProps, 'conflict'>) {
  return (
    <div className="panel flat">
      <table className="diff">
        <caption className="hidden">Fields that differ</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Yours</th>
            <th scope="col">Newest</th>
          </tr>
        </thead>
        <tbody>
          {conflict.map((field) => (
            <DifferenceRow key={field.name} field={field} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DifferenceRow({ field }: { field: Field }) {
  const { label, mine, newest } = field;
  return (
    <tr>
      <td>
        {label}
        {isOfBoth(field) && (
          <>
            <br />
            <StateBadge tone="warn" icon={GitMerge}>
              Both changed
            </StateBadge>
          </>
        )}
      </td>
      <td className={isMine(field) ? 'mine' : ''} data-l="Yours">
        {plainLines(mine.trim()) || <None />}
      </td>
      <td className={isTheirs(field) ? 'theirs' : ''} data-l="Newest">
        {plainLines(newest) || <None />}
      </td>
    </tr>
  );
}

const None = () => <em className="soft">none</em>;

function Choices({ conflict, choice, onChoose }: Omit<ConflictBoxProps, 'what' | 'newest'>) {
  const name = useId();
  const alone = conflict.filter((field) => isMine(field) && !isOfBoth(field));
  const option = (value: Choice, title: string, text: ReactNode, isOff = false) => (
    <label className="choice">
      <input
        type="radio"
        name={name}
        checked={choice === value}
        disabled={isOff}
        onChange={() => onChoose(value)}
      />
      <span>
        <strong>{title}</strong>
        <br />
        <span className="soft sm">{text}</span>
      </span>
    </label>
  );
  return (
    <fieldset>
      <legend className="label">What is to be saved?</legend>
      {option('combine', 'Combine', combining(alone, conflict), alone.length === 0)}
      {option(
        'decide',
        'Decide field by field',
        'Back to the form, with the newest values beside yours.',
      )}
      {option(
        'overwrite',
        'Overwrite with mine',
        `Save your ${listOf(conflict.filter(isMine))}. What is overwritten stays in the history.`,
      )}
    </fieldset>
  );
}

function combining(alone: readonly Field[], conflict: readonly Field[]): string {
  const theirs = conflict.filter(isTheirs);
  if (alone.length === 0) return 'There is nothing that you alone have changed.';
  const stays = theirs.length === 1 ? 'stays as it is now' : 'stay as they are now';
  return `Save your ${listOf(alone)}; the ${listOf(theirs)} ${stays}.`;
}
