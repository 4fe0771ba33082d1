/** Reads `amplify/generated/`: what Amplify synthesised for AppSync. */
import { readFileSync } from 'node:fs';

import type { Manifest, Mapping } from '../../../amplify/export/manifest';

export type {
  DataSource,
  Manifest,
  Mapping,
  PipelineFunction,
  Resolver,
  Table,
} from '../../../amplify/export/manifest';

export interface Exported {
  sdl: string;
  manifest: Manifest;
  /** The text of each template and module that the manifest names. */
  templates: Map<string, string>;
}

export class UnsupportedResolver extends Error {}

const GENERATED = new URL('../../../amplify/generated/', import.meta.url);

/** Throws UnsupportedResolver for anything that this server would not run as AppSync does. */
export function readExported(folder: URL = GENERATED): Exported {
  const sdl = readFileSync(new URL('schema.graphql', folder), 'utf8');
  const manifest = JSON.parse(
    readFileSync(new URL('resolvers/manifest.json', folder), 'utf8'),
  ) as Manifest;
  refuseUnsupported(manifest);
  return { sdl, manifest, templates: readTemplates(manifest, folder) };
}

function refuseUnsupported({ resolvers, functions, dataSources }: Manifest): void {
  const names = [
    ...resolvers.map((resolver): [string, Mapping] => [
      `${resolver.type}.${resolver.field}`,
      resolver,
    ]),
    ...Object.entries(functions),
  ];
  for (const [name, { runtime }] of names) {
    if (runtime !== undefined && runtime !== 'APPSYNC_JS') {
      throw new UnsupportedResolver(
        `${name} runs on ${runtime}: the local AppSync server runs VTL and APPSYNC_JS`,
      );
    }
  }
  for (const [name, { type }] of Object.entries(dataSources)) {
    if (type !== 'AMAZON_DYNAMODB' && type !== 'NONE') {
      throw new UnsupportedResolver(
        `data source ${name} is ${type}: the local AppSync server has DynamoDB and NONE`,
      );
    }
  }
}

function readTemplates({ resolvers, functions }: Manifest, folder: URL): Map<string, string> {
  const mappings: Mapping[] = [...resolvers, ...Object.values(functions)];
  const names = mappings.flatMap(({ request, response, code }) => [request, response, code]);
  const unique = new Set(names.filter((name) => name !== undefined));
  return new Map(
    [...unique].map((name) => [name, readFileSync(new URL(`resolvers/${name}`, folder), 'utf8')]),
  );
}
