import { type ReactNode, useState } from 'react';
import type { OnConflict } from '../../api/commands';
import { CommandForm } from '../commands/CommandForm';
import type { CommandForm as Command } from '../commands/useCommand';
import { type Choice, isStale, presetFor } from './conflict';
import { ConflictBox } from './ConflictBox';
import { Beside, Overtaken } from './Notes';
import type { Editing } from './useEditing';

type Errors = ReadonlyMap<string, string>;

interface EditFormProps<Draft extends object> {
  /** What is edited: `project`. */
  readonly what: string;
  readonly editing: Editing<Draft>;
  readonly command: Pick<Command<never>, 'sending' | 'retry' | 'failure' | 'forget'>;
  readonly onSend: (draft: Draft, onConflict: OnConflict) => Promise<void>;
  /** What the page itself finds wrong with a draft, as a change of another. */
  readonly check: (base: Draft, draft: Draft) => Errors;
  readonly fields: readonly string[];
  readonly children: (errors: Errors) => ReactNode;
}

/** A form about something that others may change meanwhile; a conflict takes the place of the fields. */
export function EditForm<Draft extends object>(props: EditFormProps<Draft>) {
  const { what, editing, command, onSend, check, fields, children } = props;
  const { conflict, draft } = editing;
  const [isAsked, setAsked] = useState(false);
  const [chosen, setChosen] = useState<Choice>();
  const choice = chosen ?? presetFor(conflict);
  const isAsking = conflict.length > 0 && (isAsked || isStale(command.failure));

  function decide(): void {
    command.forget();
    setAsked(false);
    setChosen(undefined);
    editing.decide();
  }

  function settle(settled: Draft, onConflict: OnConflict): Promise<void> | void {
    // What is wrong can be put right in the form alone.
    return check(editing.base, settled).size > 0 ? decide() : onSend(settled, onConflict);
  }

  async function submit(): Promise<void> {
    if (!isAsking && conflict.length > 0) return setAsked(true);
    if (!isAsking) return onSend(draft, editing.onConflict);
    if (choice === 'combine') return settle(editing.combined(), 'merge');
    if (choice === 'overwrite') return settle(editing.overwriting(), 'last-write-wins');
    return decide();
  }

  return (
    <CommandForm
      command={command}
      onSubmit={submit}
      mistakes={isAsking ? NONE : check(editing.base, draft)}
      fields={isAsking ? [] : fields}
      action={isAsking ? 'Continue' : 'Save changes'}
      doing="Saving…"
      hidesFailure={isStale(command.failure) && isAsking}
    >
      {(errors) =>
        isAsking ? (
          <ConflictBox
            what={what}
            newest={editing.newest}
            conflict={conflict}
            choice={choice}
            onChoose={setChosen}
          />
        ) : (
          <>
            {conflict.length > 0 && (
              <Overtaken what={what} conflict={conflict} onCompare={() => setAsked(true)} />
            )}
            <Beside fields={editing.beside} onTake={editing.take} />
            {children(errors)}
          </>
        )
      }
    </CommandForm>
  );
}

const NONE: Errors = new Map();
