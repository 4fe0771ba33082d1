import {
  createContext,
  type ReactNode,
  type RefObject,
  use,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';

interface AnnouncerView {
  /** Adds a text; what is returned takes it away again. */
  readonly say: (text: string) => () => void;
  /** Has the region speak from within an element; what is returned takes it back. */
  readonly moveInto: (host: HTMLElement) => () => void;
}

const nothing = (): void => undefined;
const AnnouncerContext = createContext<AnnouncerView>({
  say: () => nothing,
  moveInto: () => nothing,
});

interface Said {
  readonly key: number;
  readonly text: string;
}

/** The one polite live region, for what happens while one looks elsewhere. */
export function Announcer({ children }: { children: ReactNode }) {
  const [region] = useState(newRegion);
  const [said, setSaid] = useState<readonly Said[]>([]);
  const last = useRef(0);
  useLayoutEffect(() => {
    // A dialog within may have taken it already.
    if (!region.isConnected) document.body.append(region);
    return () => region.remove();
  }, [region]);
  const say = useCallback<AnnouncerView['say']>((text) => {
    const key = ++last.current;
    setSaid((before) => [...before, { key, text }]);
    return () => setSaid((before) => before.filter((each) => each.key !== key));
  }, []);
  const moveInto = useCallback<AnnouncerView['moveInto']>(
    (host) => {
      host.append(region);
      return () => {
        // All may be taken away at once, and the region with it.
        if (region.isConnected) document.body.append(region);
      };
    },
    [region],
  );
  const view = useMemo(() => ({ say, moveInto }), [say, moveInto]);
  return (
    <AnnouncerContext value={view}>
      {children}
      {createPortal(
        said.map(({ key, text }) => <p key={key}>{text}</p>),
        region,
      )}
    </AnnouncerContext>
  );
}

function newRegion(): HTMLElement {
  const region = document.createElement('div');
  region.className = 'hidden';
  region.setAttribute('role', 'status');
  region.setAttribute('aria-live', 'polite');
  // What is said already is not said again with the next text.
  region.setAttribute('aria-atomic', 'false');
  return region;
}

/** Has a text said once, and anew when it is another one; it goes with what says it. */
export function useAnnouncement(text: string): void {
  const { say } = use(AnnouncerContext);
  // With what is shown, not after it.
  useLayoutEffect(() => (text === '' ? undefined : say(text)), [say, text]);
}

/** What is outside an open dialog is inert, a live region too: it speaks from within meanwhile. */
export function useAnnouncerWithin(host: RefObject<HTMLElement | null>): void {
  const { moveInto } = use(AnnouncerContext);
  useLayoutEffect(() => (host.current ? moveInto(host.current) : undefined), [host, moveInto]);
}

/** Says what an element shows, for as long as it is there. */
export function useSaidText(element: RefObject<HTMLElement | null>, isSaid: boolean): void {
  const { say } = use(AnnouncerContext);
  useLayoutEffect(
    () => (isSaid ? say(element.current?.textContent ?? '') : undefined),
    [say, element, isSaid],
  );
}
