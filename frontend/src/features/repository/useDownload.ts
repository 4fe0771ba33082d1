import { useState } from 'react';
import type { Archive } from '../../api/commands';
import { useCommands } from '../commands/CommandsProvider';
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
