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
      setDownload({ isAsking: false, archive });
      follow(archive, () => setDownload({ isAsking: false, archive, failure: UNREADABLE }));
    } catch (error) {
      setDownload({ isAsking: false, failure: failureOf(error) });
    }
  }
  return [download, () => void start()];
}

/** What the storage says instead of a file is for its operators, and would take the place of the page. */
const UNREADABLE = new CommandRefused({
  type: 'about:blank',
  title: 'The storage did not answer with the archive',
  status: 502,
});

/** As long as a link is good. */
const LINK_LASTS = 60_000;

/** A file to be saved loads nothing in the frame; anything else does. */
function follow({ url }: Archive, failed: () => void): void {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'Download';
  frame.addEventListener('load', () => (frame.remove(), failed()));
  frame.src = url;
  document.body.append(frame);
  setTimeout(() => frame.remove(), LINK_LASTS);
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
