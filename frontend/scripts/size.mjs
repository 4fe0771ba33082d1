/**
 * How much JavaScript a browser loads before it shows something: for somebody who signs in, and for
 * somebody who is signed in and opens the list or a project. `pnpm size [dist]` after a build;
 * fails when one of them is above the limit.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT = 300_000;
const STARTS = {
  'sign-in': ['features/session/SignInPage.tsx'],
  projects: ['SignedInApp.tsx', 'features/projects/ProjectListPage.tsx'],
  'a project': [
    'SignedInApp.tsx',
    'features/project/ProjectPage.tsx',
    'features/project/OverviewTab.tsx',
  ],
};

const dist = process.argv[2] ?? 'dist';
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

/** A part and all that it imports at once. */
function needed(part, found = new Set()) {
  if (found.has(part)) return found;
  const entry = manifest[part];
  if (!entry) throw new Error(`${part} is no part of the build`);
  found.add(part);
  (entry.imports ?? []).forEach((imported) => needed(imported, found));
  return found;
}

function size(parts) {
  const all = new Set(parts.flatMap((part) => [...needed(part)]));
  const files = [...all].map((part) => manifest[part].file).filter((file) => file.endsWith('.js'));
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0);
}

let isTooLarge = false;
for (const [start, pages] of Object.entries(STARTS)) {
  const bytes = size(['index.html', ...pages.map((page) => `src/${page}`)]);
  isTooLarge ||= bytes > LIMIT;
  console.log(`${start}: ${(bytes / 1000).toFixed(1)} KB gzipped of ${LIMIT / 1000}`);
}
process.exitCode = isTooLarge ? 1 : 0;
