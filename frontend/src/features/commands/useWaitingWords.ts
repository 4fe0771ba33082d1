import { useAnnouncement } from '../../ui/Announcer';
import { useOnline } from '../connection/online';
import type { CommandState } from './useCommand';

/** What a form that is being sent waits for, in words. */
export function useWaitingWords({ retry }: CommandState): string | undefined {
  const isOnline = useOnline();
  const trying = retry && `No answer yet. Trying again (attempt ${retry.attempt})…`;
  const words = retry && !isOnline ? NO_NETWORK : trying;
  useAnnouncement(words ?? '');
  return words;
}

const NO_NETWORK = 'No network. It is sent by itself when it is back, unless you close this form.';
