import { useState } from 'react';
import type { Archive } from '../../api/commands';
import { CommandRefused } from '../../api/problem';
import { useCommands } from '../commands/CommandsProvider';
import { type Explanation, explain } from '../commands/explain';
import type { CommandFailure } from '../commands/useCommand';
import { failureOf } from '../commands/useCommand';

export interface Download {
  readonly isAsking: boolean;
  readonly failure?: CommandFailure;
  /** What was downloaded last. */
  readonly archive?: Archive;
}

/** Asks for a link, for this person alone, and follows it at once: it is good for a minute. */
export function useDownload(projectId: string): [Download, () => void] {
  const { archiveOf } = useCommands();
  const [download, setDownload] = useState<Download>({ isAsking: false });
  async function start(): Promise<void> {
    setDownload({ isAsking: true });
    try {
      const archive = await archiveOf(projectId);
      follow(archive);
      setDownload({ isAsking: false, archive });
    } catch (error) {
      setDownload({ isAsking: false, failure: failureOf(error) });
    }
  }
  return [download, () => void start()];
}

/** The storage answers with a file to be saved, so the page stays. */
function follow({ url, fileName }: Archive): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.rel = 'noopener';
  link.click();
}

/** Nothing is recorded by a download, so there is nothing to say of that. */
export function explainDownload(failure: CommandFailure): Explanation {
  const status = failure instanceof CommandRefused ? failure.problem.status : undefined;
  switch (status) {
    case undefined:
      return { title: 'No answer from the server', text: 'Check your connection and try again.' };
    case 401:
      return explain(failure);
    case 403:
    case 404:
      return {
        title: 'The archive is not there',
        text: 'It was removed meanwhile, or belongs to somebody else.',
      };
    default:
      return {
        title: 'The archive cannot be reached right now',
        text: 'Nothing of it is lost. Please try again in a moment.',
      };
  }
}
