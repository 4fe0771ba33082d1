import type { CreateProject } from '../../api/commands';
import type { Store } from '../../browserStore';
import { checkProject, creationOf } from '../projects/draft';
import type { ServiceDraft } from '../services/draft';
import { TYPED } from '../session/typedText';
import type { Parameter } from '../templates/parameters';
import { checkFields, type Fields, valuesOf } from './parameterForm';
import { isRuntime } from './runtimes';

/** In the place of a slug, which holds no underscore. */
export const WITHOUT_TEMPLATE = 'without_template';

/** A project as it stands on the pages that create one, until it was created. */
export interface NewProject {
  readonly name: string;
  readonly description: string;
  readonly region: string;
  readonly runtime: string;
  /** By the slugs of the templates, each of which suggests others. */
  readonly features: Readonly<Record<string, readonly string[]>>;
  /** Of a project without a template. */
  readonly services: readonly ServiceDraft[];
  /** By the slugs of the templates: whoever looks at another one and comes back finds what was typed. */
  readonly fields: Readonly<Record<string, Fields>>;
}

/** What is chosen: a template's slug with its parameters and settings. */
export interface Chosen {
  readonly slug: string;
  readonly parameters: readonly Parameter[];
  readonly runtime?: string | undefined;
  readonly features?: readonly string[] | undefined;
}

export const emptyNewProject: NewProject = {
  name: '',
  description: '',
  region: '',
  runtime: '',
  features: {},
  services: [],
  fields: {},
};

export const fieldsFor = (draft: NewProject, { slug }: Pick<Chosen, 'slug'>): Fields =>
  draft.fields[slug] ?? {};

export const withFields = (draft: NewProject, slug: string, fields: Fields): NewProject => ({
  ...draft,
  fields: { ...draft.fields, [slug]: fields },
});

/** The runtime of a project, until somebody chooses another one. */
export const runtimeOf = ({ runtime }: NewProject, chosen?: Chosen): string =>
  runtime || chosen?.runtime || '';

/** The features of a project: what its template suggests, until somebody chooses. */
export const featuresOf = (draft: NewProject, chosen?: Chosen): readonly string[] =>
  draft.features[chosen?.slug ?? WITHOUT_TEMPLATE] ?? chosen?.features ?? [];

export const withFeatures = (
  draft: NewProject,
  slug: string,
  features: readonly string[],
): NewProject => ({ ...draft, features: { ...draft.features, [slug]: features } });

/** Mistakes by field, under the names which the API uses for them. */
export function checkNewProject(draft: NewProject, chosen?: Chosen): ReadonlyMap<string, string> {
  return new Map([
    ...checkProject(draft, chosen ? [] : draft.services),
    ...checkConfiguration(draft, chosen),
    ...(chosen ? checkFields(chosen.parameters, fieldsFor(draft, chosen)) : []),
  ]);
}

function checkConfiguration(draft: NewProject, chosen?: Chosen): [string, string][] {
  const runtime = runtimeOf(draft, chosen);
  const isUntouched = draft.region === '' && runtime === '' && featuresOf(draft).length === 0;
  const isOptional = !chosen && isUntouched;
  if (isOptional) return [];
  return [
    ...(draft.region === '' ? [[REGION, 'Choose a region.'] satisfies [string, string]] : []),
    ...(runtime === '' ? [[RUNTIME, 'Choose a runtime.'] satisfies [string, string]] : []),
  ];
}

export const REGION = 'configuration.region';
export const RUNTIME = 'configuration.runtime';

/** To be called on a draft without mistakes. */
export function commandOf(draft: NewProject, chosen?: Chosen): CreateProject {
  const runtime = runtimeOf(draft, chosen);
  const { region } = draft;
  const features = featuresOf(draft, chosen);
  return {
    ...creationOf(draft, chosen ? [] : draft.services),
    ...(chosen && {
      templateId: chosen.slug,
      templateParameters: valuesOf(chosen.parameters, fieldsFor(draft, chosen)),
    }),
    ...(isRuntime(runtime) && region && { configuration: { runtime, region, ...some(features) } }),
  };
}

const some = (features: readonly string[]): { features?: string[] } =>
  features.length > 0 ? { features: [...features] } : {};

/** Of one person: another one may sign in within the same tab. */
const keyOf = (userId: string): string => `${TYPED}new-project.${userId}`;

export function restore(store: Store, userId: string): NewProject {
  try {
    const kept: unknown = JSON.parse(store.getItem(keyOf(userId)) ?? '{}');
    return isKept(kept) ? { ...emptyNewProject, ...kept } : emptyNewProject;
  } catch {
    return emptyNewProject;
  }
}

/** Another release of the page may have kept it. */
function isKept(kept: unknown): kept is Partial<NewProject> {
  if (typeof kept !== 'object' || kept === null) return false;
  return Object.entries(kept).every(
    ([name, value]) => kindOf(value) === kindOf(emptyNewProject[name as keyof NewProject]),
  );
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);

export function keep(store: Store, userId: string, draft: NewProject): void {
  store.setItem(keyOf(userId), JSON.stringify(draft));
}

export const forget = (store: Store, userId: string): void => store.removeItem(keyOf(userId));
