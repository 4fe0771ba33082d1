/** GraphiQL and what it needs, from the installed packages: nothing is fetched from elsewhere. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface File {
  type: string;
  content: Buffer;
}

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

const require = createRequire(import.meta.url);

/** A browser bundle, which a package carries without exporting it. */
function bundle(packageName: string, path: string): string {
  return join(dirname(require.resolve(`${packageName}/package.json`)), path);
}

const FILES: Record<string, [location: string | URL, type: string]> = {
  '/': [new URL('./index.html', import.meta.url), 'text/html; charset=utf-8'],
  '/_graphiql/page.js': [new URL('./page.js', import.meta.url), SCRIPT],
  '/_graphiql/page.css': [new URL('./page.css', import.meta.url), STYLE],
  '/_graphiql/react.js': [bundle('react', 'umd/react.production.min.js'), SCRIPT],
  '/_graphiql/react-dom.js': [bundle('react-dom', 'umd/react-dom.production.min.js'), SCRIPT],
  '/_graphiql/graphiql.js': [bundle('graphiql', 'graphiql.min.js'), SCRIPT],
  '/_graphiql/graphiql.css': [bundle('graphiql', 'graphiql.min.css'), STYLE],
};

export class Page {
  private readonly cache = new Map<string, File>();

  file(path: string): File | undefined {
    const known = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
    if (known === undefined) {
      return undefined;
    }
    const file = this.cache.get(path) ?? { type: known[1], content: readFileSync(known[0]) };
    this.cache.set(path, file);
    return file;
  }
}
