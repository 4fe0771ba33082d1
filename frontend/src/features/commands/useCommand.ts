import { useEffect, useRef, useState } from 'react';
import { v7 as newCommandId } from 'uuid';
import type { Accepted, Sending } from '../../api/commands';
import { clock } from '../../api/serverClock';
import { ApiUnreachable, CommandRefused } from '../../api/problem';
import type { Retry } from '../../api/retry';
import { type Attempt, attemptFor } from './attempt';

export type CommandFailure = CommandRefused | ApiUnreachable;

export interface CommandState {
  readonly sending: boolean;
  readonly retry?: Retry;
  readonly failure?: CommandFailure;
}

export interface CommandForm<Data> extends CommandState {
  /** Resolves to undefined when the command failed; `failure` then says why. */
  readonly submit: (data: Data) => Promise<Accepted | undefined>;
  /** Forgets a failure that says nothing of the form as it is now. */
  readonly forget: () => void;
}

export function useCommand<Data>(
  send: (data: Data, sending: Sending) => Promise<Accepted>,
): CommandForm<Data> {
  const [state, setState] = useState<CommandState>({ sending: false });
  const attempt = useRef<Attempt>(undefined);
  const open = useRef(new AbortController());
  useEffect(() => {
    const here = new AbortController();
    open.current = here;
    // Nothing is sent later behind one's back.
    return () => here.abort();
  }, []);

  async function submit(data: Data): Promise<Accepted | undefined> {
    attempt.current = attemptFor(attempt.current, data, newKey);
    setState({ sending: true });
    try {
      const accepted = await send(data, {
        key: attempt.current.key,
        onRetry: (retry) => setState({ sending: true, retry }),
        signal: open.current.signal,
      });
      // Wished for again later, the same content is another command.
      attempt.current = undefined;
      setState({ sending: false });
      return accepted;
    } catch (error) {
      setState({ sending: false, failure: failureOf(error) });
      return undefined;
    }
  }

  function forget(): void {
    setState(({ failure, ...others }) => others);
  }

  return { ...state, submit, forget };
}

/** Keys carry their time: made by the server's, they are never from the future. */
export function newKey(): string {
  return newCommandId({ msecs: clock.now() });
}

export function failureOf(error: unknown): CommandFailure {
  const isKnown = error instanceof CommandRefused || error instanceof ApiUnreachable;
  return isKnown ? error : new ApiUnreachable({ cause: error });
}
