/**
 * Links the pnpm that installs into node_modules/.bin, where npx looks first.
 *
 * ampx bundles functions by `pnpm exec esbuild` because the lock file is pnpm's; without the link
 * `npx ampx` would work only where pnpm is on PATH. pnpm as a dependency would list the executables
 * of one platform in the lock.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
const pnpm = process.env.npm_execpath;

if (pnpm !== undefined && process.platform !== 'win32') {
  mkdirSync(bin, { recursive: true });
  rmSync(`${bin}pnpm`, { force: true });
  symlinkSync(pnpm, `${bin}pnpm`);
}
