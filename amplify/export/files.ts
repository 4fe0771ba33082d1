/** The files of `amplify/generated/`, by path. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ExportError, readAssembly, readRootStack } from './assembly';
import { readManifest, type KeepTemplate } from './manifest';

export type Files = Map<string, string>;

export function exportedFiles(outdir: string): Files {
  const names = new Map<string, string>();
  const assembly = readAssembly(outdir);
  const manifest = readManifest(assembly, readRootStack(assembly), templateNames(names));
  const templates = [...names].map(([text, name]): [string, string] => [
    `resolvers/${name}`,
    endLine(text),
  ]);
  return new Map<string, string>([
    ['schema.graphql', endLine(sdl(outdir))],
    ['model-introspection.json', json(introspection(outdir))],
    ['resolvers/manifest.json', json(manifest)],
    ...templates,
  ]);
}

/** Most templates serve many fields; each text is kept once, under the first field that uses it. */
function templateNames(names: Map<string, string>): KeepTemplate {
  return (slot, text, language = 'vtl') => {
    const name = names.get(text) ?? `${slot}.${language}`;
    names.set(text, name);
    return name;
  };
}

function sdl(outdir: string): string {
  const files = readdirSync(outdir).filter((name) => name.endsWith('.graphql'));
  if (files.length !== 1 || files[0] === undefined) {
    throw new ExportError(`one SDL expected, found ${files.length}`);
  }
  return readFileSync(join(outdir, files[0]), 'utf8');
}

function introspection(outdir: string): unknown {
  const folders = readdirSync(outdir).map((name) =>
    join(outdir, name, 'modelIntrospectionSchema.json'),
  );
  const file = folders.find((path) => existsSync(path));
  if (file === undefined) {
    throw new ExportError('the model introspection was not synthesised');
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function endLine(text: string): string {
  return `${text.trimEnd()}\n`;
}
