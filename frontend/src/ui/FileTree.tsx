import { ChevronDown, ChevronRight, File, Folder } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { type Entry, entriesOf } from './fileTree';
import { plain } from './plain';

interface FileTreeProps {
  readonly label: string;
  readonly paths: readonly string[];
  readonly selected: string | undefined;
  readonly onSelect: (path: string) => void;
  /** Beside a file: what changed, how large it is. */
  readonly aside?: (path: string) => ReactNode;
}

/** Files as a tree: one stop for Tab, the arrows go through it. */
export function FileTree({ label, paths, selected, onSelect, aside }: FileTreeProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string>();
  const tree = useRef<HTMLUListElement>(null);
  const entries = entriesOf(paths, closed);
  const stop = [focused, selected].find((path) => entries.some((entry) => entry.path === path));

  function toggle({ path }: Entry, isClosed: boolean): void {
    setClosed(
      (before) => new Set(isClosed ? [...before, path] : [...before].filter((p) => p !== path)),
    );
  }

  function goTo(entry: Entry | undefined): void {
    if (!entry) return;
    setFocused(entry.path);
    const line = tree.current?.children[entries.indexOf(entry)];
    if (line instanceof HTMLElement) line.focus();
  }

  function act(entry: Entry): void {
    if (entry.isFolder) toggle(entry, entry.isOpen);
    else onSelect(entry.path);
  }

  function onKeyDown(event: KeyboardEvent, entry: Entry, index: number): void {
    const parent = entry.path.split('/').slice(0, -1).join('/');
    const moves: Partial<Record<string, () => void>> = {
      ArrowDown: () => goTo(entries[index + 1]),
      ArrowUp: () => goTo(entries[index - 1]),
      Home: () => goTo(entries[0]),
      End: () => goTo(entries.at(-1)),
      ArrowRight: () =>
        entry.isFolder && !entry.isOpen ? toggle(entry, false) : goTo(entries[index + 1]),
      ArrowLeft: () =>
        entry.isFolder && entry.isOpen
          ? toggle(entry, true)
          : goTo(entries.find(({ path }) => path === parent)),
      Enter: () => act(entry),
      ' ': () => act(entry),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  }

  return (
    <ul ref={tree} role="tree" aria-label={label} className="tree">
      {entries.map((entry, index) => (
        <li
          key={entry.path}
          role="treeitem"
          aria-level={entry.depth + 1}
          aria-expanded={entry.isFolder ? entry.isOpen : undefined}
          aria-selected={entry.path === selected}
          tabIndex={entry.path === (stop ?? entries[0]?.path) ? 0 : -1}
          data-path={entry.path}
          style={{ paddingLeft: `calc(var(--s2) + ${entry.depth} * 1.1rem)` }}
          onClick={() => (setFocused(entry.path), act(entry))}
          onFocus={() => setFocused(entry.path)}
          onKeyDown={(event) => onKeyDown(event, entry, index)}
        >
          <EntryIcon entry={entry} />
          <span className="tree-name">{plain(entry.name)}</span>
          {!entry.isFolder && aside && <span className="push">{aside(entry.path)}</span>}
        </li>
      ))}
    </ul>
  );
}

function EntryIcon({ entry }: { entry: Entry }) {
  if (!entry.isFolder) return <File />;
  return (
    <>
      {entry.isOpen ? <ChevronDown /> : <ChevronRight />} <Folder />
    </>
  );
}
