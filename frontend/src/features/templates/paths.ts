/** Paths of a template's files, checked by the rules of src/domain/template/paths.py. */
export const MAX_FILES = 100;
const MAX_PATH = 255;
const NAME = /^\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

/** Mistakes by path; of two paths that exclude each other, the later one has it. */
export function pathMistakes(paths: readonly string[]): ReadonlyMap<string, string> {
  const places = new Map<string, Place>();
  const mistakes = new Map<string, string>();
  for (const path of paths) {
    const mistake = mistakeIn(path) ?? collision(path, places);
    if (mistake !== undefined && !mistakes.has(path)) mistakes.set(path, mistake);
  }
  return mistakes;
}

function mistakeIn(path: string): string | undefined {
  const names = path.split('/');
  if (names.some((name) => name.toLowerCase() === '.git'))
    return 'No path may have a segment “.git”: Git would run what stands there.';
  if (path.length > MAX_PATH) return `A path has at most ${MAX_PATH} characters.`;
  if (!names.every((name) => NAME.test(name)))
    return (
      'A path is made of names of letters, digits, dots, hyphens and underscores, separated by ' +
      'slashes, each beginning with at most one dot.'
    );
  if (names.some((name) => name.endsWith('.'))) return 'No name may end in a dot on Windows.';
  const device = names.find((name) => DEVICE.test(name));
  return device && `“${device}” is the name of a device on Windows.`;
}

interface Place {
  readonly spelled: string;
  readonly isFile: boolean;
}

/** Notes the file of a path and the folders around it, and tells what they are beside already. */
function collision(path: string, known: Map<string, Place>): string | undefined {
  let found: string | undefined;
  for (const place of placesOf(path)) {
    const key = place.spelled.toLowerCase();
    const first = known.get(key);
    if (first) found ??= beside(place, first);
    else known.set(key, place);
  }
  return found;
}

function placesOf(path: string): Place[] {
  const names = path.split('/');
  return names.map((_, index) => ({
    spelled: names.slice(0, index + 1).join('/'),
    isFile: index === names.length - 1,
  }));
}

function beside(place: Place, first: Place): string | undefined {
  if (place.spelled !== first.spelled)
    return `“${first.spelled}” is there too, and many systems do not tell their letters' case apart.`;
  if (place.isFile && first.isFile) return 'Another file has this path.';
  return place.isFile || first.isFile ? `“${place.spelled}” is a file and a folder.` : undefined;
}
