import type { Configuration } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { MAX_FEATURES, MAX_VARIABLE, MAX_VARIABLES } from '../limits';

export type Runtime = Configuration['runtime'];

/** A configuration as it stands in a form. */
export interface ConfigurationDraft {
  readonly runtime: string;
  readonly region: string;
  /** Words with commas between them. */
  readonly features: string;
  readonly variables: readonly Variable[];
}

export interface Variable {
  /** Its own, whatever is removed beside it. */
  readonly key: number;
  readonly name: string;
  readonly value: string;
}

export function variablesOf({ environment }: Pick<Project, 'environment'>): Variable[] {
  const value: unknown = typeof environment === 'string' ? JSON.parse(environment) : environment;
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.map(([name, text], key) => ({ key, name, value: String(text) }));
}

export const configurationDraft = (project: Project): ConfigurationDraft => ({
  runtime: project.runtime ?? '',
  region: project.region ?? '',
  features: (project.features ?? []).join(', '),
  variables: variablesOf(project),
});

const REGION = /^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$/;
const FEATURE = /^[a-z0-9]+([-_.][a-z0-9]+)*$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Mistakes by field; those of a variable stand under its place. */
export function checkConfiguration(draft: ConfigurationDraft): Map<string, string> {
  const mistakes = new Map<string, string>();
  const add = (field: string, isWrong: boolean, words: string): void => {
    if (isWrong && !mistakes.has(field)) mistakes.set(field, words);
  };
  const features = wordsOf(draft.features);
  add('runtime', draft.runtime === '', 'Choose a runtime.');
  add('region', !REGION.test(draft.region.trim()), 'The code of an AWS region, such as eu-west-1.');
  for (const feature of features)
    add(
      'features',
      !FEATURE.test(feature) || feature.length > 64,
      `“${feature}” is not a feature: at most 64 lower-case letters and digits, with single -, _ or . between them.`,
    );
  add('features', features.length > MAX_FEATURES, `At most ${MAX_FEATURES} features.`);
  const { variables } = draft;
  const most = variables.length > MAX_VARIABLES;
  add('environment', most, `At most ${MAX_VARIABLES} variables.`);
  variables.forEach(({ name, value }, index) => {
    const at = `environment.${index}`;
    const isTwice = variables.findIndex((other) => other.name === name) < index;
    add(at, !VARIABLE.test(name), 'Letters, digits and _; no digit at the beginning.');
    add(at, isTwice, 'This variable is there twice.');
    add(at, [...value].length > MAX_VARIABLE, `At most ${MAX_VARIABLE} characters.`);
  });
  return mistakes;
}

/** To be called on a draft without mistakes. */
export const configurationOf = (draft: ConfigurationDraft): Configuration => ({
  runtime: draft.runtime as Runtime,
  region: draft.region.trim(),
  features: wordsOf(draft.features),
  environment: Object.fromEntries(draft.variables.map(({ name, value }) => [name, value])),
});

/** In one form, so that two configurations can be compared and shown. */
export function textsOf(
  draft: ConfigurationDraft,
): Record<'runtime' | 'region' | 'features' | 'variables', string> {
  const variables = draft.variables.map(({ name, value }) => `${name}=${value}`).sort();
  return {
    runtime: draft.runtime,
    region: draft.region.trim(),
    features: wordsOf(draft.features).join(', '),
    variables: variables.join(', '),
  };
}

const wordsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  ),
];
