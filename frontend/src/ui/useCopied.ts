import { useEffect, useState } from 'react';
import { useAnnouncement } from './Announcer';

const SAID_FOR = 2_000;

/** A browser refuses it to a page without focus or without HTTPS. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

interface Copied {
  /** What became of it, for a moment after it was asked for. */
  readonly words: 'Copied' | 'Could not be copied' | undefined;
  readonly isCopied: boolean;
  readonly copy: () => void;
}

export function useCopied(text: string): Copied {
  const [words, setWords] = useState<Copied['words']>();
  useEffect(() => {
    if (!words) return undefined;
    const timer = setTimeout(() => setWords(undefined), SAID_FOR);
    return () => clearTimeout(timer);
  }, [words]);
  useAnnouncement(words ?? '');
  const copy = (): void =>
    void copyText(text).then(
      () => setWords('Copied'),
      () => setWords('Could not be copied'),
    );
  return { words, isCopied: words === 'Copied', copy };
}
