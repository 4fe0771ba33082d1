import { parseAmplifyConfig } from 'aws-amplify/utils';

/** What a deployment says of itself: Amplify's own outputs, and what only a local stack needs to say. */
export interface Outputs {
  readonly amplify: AmplifyOutputs;
  readonly skafu: SkafuOutputs;
}

export type AmplifyOutputs = Parameters<typeof parseAmplifyConfig>[0] & {
  readonly data?: { readonly url: string };
};

export interface SkafuOutputs {
  /** Only on a local stack, whose user pool is not at an AWS address. */
  readonly local?: { readonly userPoolEndpoint: string };
}

export class OutputsMissing extends Error {
  constructor(readonly path: string) {
    super(`This page could not read ${path}, which says where its backend is.`);
    this.name = 'OutputsMissing';
  }
}

export async function fetchOutputs(fetch = globalThis.fetch): Promise<Outputs> {
  const [amplify, skafu] = await Promise.all([
    fetchJson<AmplifyOutputs>('/amplify_outputs.json', fetch),
    fetchJson<SkafuOutputs>('/skafu_outputs.json', fetch).catch(noneIfMissing),
  ]);
  return { amplify, skafu };
}

/** A hosted page has none. */
function noneIfMissing(error: unknown): SkafuOutputs {
  if (error instanceof OutputsMissing) return {};
  throw error;
}

async function fetchJson<T>(path: string, fetch: typeof globalThis.fetch): Promise<T> {
  const response = await fetch(path, { cache: 'no-cache' });
  if (!response.ok) throw new OutputsMissing(path);
  // A host that answers every unknown path with the page itself sends HTML here.
  return response.json().catch(() => {
    throw new OutputsMissing(path);
  }) as Promise<T>;
}
