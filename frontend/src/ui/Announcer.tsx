import {
  createContext,
  type Dispatch,
  type ReactNode,
  type SetStateAction,
  use,
  useLayoutEffect,
  useState,
} from 'react';

type Say = Dispatch<SetStateAction<string>>;

const AnnouncerContext = createContext<Say>(() => undefined);

/** The one polite live region for what happens while one looks elsewhere: the newest of it. */
export function Announcer({ children }: { children: ReactNode }) {
  const [text, say] = useState('');
  return (
    <AnnouncerContext value={say}>
      {children}
      <div className="hidden" role="status" aria-live="polite">
        {text}
      </div>
    </AnnouncerContext>
  );
}

/** Has a text said once, and anew when it is another one; it goes with what says it. */
export function useAnnouncement(text: string): void {
  const say = use(AnnouncerContext);
  // With what is shown, not after it.
  useLayoutEffect(() => {
    if (text === '') return undefined;
    say(text);
    return () => say((said) => (said === text ? '' : said));
  }, [say, text]);
}
