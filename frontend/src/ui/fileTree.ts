/** A line of a tree of files. */
export interface Entry {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly isFolder: boolean;
  readonly isOpen: boolean;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: string[];
}

/** The lines that are in view: folders first, each in the order of names; none below a closed folder. */
export function entriesOf(paths: readonly string[], closed: ReadonlySet<string>): Entry[] {
  const root = newFolder();
  for (const path of paths) put(root, path.split('/'));
  return linesOf(root, '', 0, closed);
}

const newFolder = (): Folder => ({ folders: new Map(), files: [] });

function put(folder: Folder, [name = '', ...rest]: readonly string[]): void {
  if (rest.length === 0) return void folder.files.push(name);
  const inner = folder.folders.get(name) ?? newFolder();
  folder.folders.set(name, inner);
  put(inner, rest);
}

function linesOf(
  folder: Folder,
  prefix: string,
  depth: number,
  closed: ReadonlySet<string>,
): Entry[] {
  const folders = [...folder.folders].sort(([a], [b]) => a.localeCompare(b));
  const within = folders.flatMap(([name, inner]) => {
    const path = prefix + name;
    const isOpen = !closed.has(path);
    const below = isOpen ? linesOf(inner, `${path}/`, depth + 1, closed) : [];
    return [{ path, name, depth, isFolder: true, isOpen }, ...below];
  });
  const files = [...folder.files].sort((a, b) => a.localeCompare(b));
  const lines = files.map((name) => ({
    path: prefix + name,
    name,
    depth,
    isFolder: false,
    isOpen: false,
  }));
  return [...within, ...lines];
}
