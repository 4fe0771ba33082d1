/**
 * Writes what AppSync gets from this backend to `amplify/generated/`: the SDL, the resolvers, the
 * tables behind them and the model introspection. `--check` writes nothing and fails on drift;
 * `--folder` names another folder.
 *
 * The output names no account, region, asset hash or path, so equal sources give equal bytes.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { exportedFiles, type Files } from './export/files';
import { synthesise } from './export/synthesis';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, folder: { type: 'string' } },
});
const FOLDER = options.folder ?? fileURLToPath(new URL('./generated', import.meta.url));
const COMMAND = 'pnpm run export';

async function synthesisedFiles(): Promise<Files> {
  const outdir = mkdtempSync(join(tmpdir(), 'skafu-amplify-'));
  try {
    await synthesise(outdir);
    return exportedFiles(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function committedFiles(): Files {
  if (!existsSync(FOLDER)) return new Map();
  const entries = readdirSync(FOLDER, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(FOLDER, path), readFileSync(path, 'utf8')]));
}

/** Writes what differs: `make dev` may read the folder meanwhile, or write it itself. */
function write(files: Files): void {
  const stale = differences(committedFiles(), files);
  for (const name of stale) {
    const path = join(FOLDER, name);
    const text = files.get(name);
    if (text === undefined) rmSync(path, { force: true });
    else replace(path, text);
  }
  console.log(`amplify/generated: ${files.size} files, ${stale.length} of them written anew`);
}

/** A reader finds the file as it was, or as it is now, and no other beside it. */
function replace(path: string, text: string): void {
  const written = `${FOLDER}.${process.pid}.new`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(written, text);
  renameSync(written, path);
}

function differences(committed: Files, current: Files): string[] {
  const names = [...new Set([...committed.keys(), ...current.keys()])].sort();
  return names.filter((name) => committed.get(name) !== current.get(name));
}

function check(committed: Files, current: Files): void {
  const stale = differences(committed, current);
  if (stale.length === 0) {
    console.log(`amplify/generated: ${current.size} files, all fresh`);
    return;
  }
  console.error(`amplify/generated is stale; run \`${COMMAND}\`:`);
  stale.forEach((name) => console.error(`  ${name}`));
  process.exitCode = 1;
}

const files = await synthesisedFiles();
if (options.check) {
  check(committedFiles(), files);
} else {
  write(files);
}
