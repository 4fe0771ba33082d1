import { type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from 'react';
import { CommandRefused } from '../../api/problem';
import { CommandFooter } from './CommandFooter';
import { FailureAlert } from './FailureAlert';
import { type Faults, faultsOf } from './faults';
import type { CommandState } from './useCommand';

type Errors = ReadonlyMap<string, string>;

interface CommandFormProps {
  readonly command: CommandState;
  readonly onSubmit: () => Promise<void>;
  /** What the page itself finds wrong; nothing is sent while there is any. */
  readonly mistakes?: Errors;
  /** The fields of this form, under the names which the API uses for them. */
  readonly fields?: readonly string[];
  /** Fields that came into the form after the last try to send; they are not told of yet. */
  readonly untouched?: readonly string[];
  /** Called on every try to send, also on one that is stopped by a mistake. */
  readonly onTry?: () => void;
  /** Said elsewhere in the form already. */
  readonly hidesFailure?: boolean;
  readonly action: string;
  readonly doing: string;
  readonly destructive?: boolean;
  readonly blocked?: string | undefined;
  readonly children: (errors: Errors) => ReactNode;
}

const none: Errors = new Map();
const noFaults: Faults = { byField: none, others: [] };

export function CommandForm(props: CommandFormProps) {
  const { command, onSubmit, mistakes = none, fields = [], untouched = [], children } = props;
  const form = useRef<HTMLFormElement>(null);
  // Nobody is told of a mistake before having tried to send.
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    setTries(tries + 1);
    props.onTry?.();
    if (mistakes.size === 0 && !command.sending && !props.blocked) void onSubmit();
  }

  const { failure } = command;
  const faults = failure instanceof CommandRefused ? faultsOf(failure.problem, fields) : noFaults;
  const told = [...mistakes].filter(([field]) => tries > 0 && !untouched.includes(field));
  const errors = new Map([...faults.byField, ...told]);
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      {!props.hidesFailure && <FailureAlert failure={failure} others={faults.others} />}
      {children(errors)}
      <CommandFooter
        state={command}
        action={props.action}
        doing={props.doing}
        destructive={props.destructive ?? false}
        blocked={props.blocked}
      />
    </form>
  );
}
