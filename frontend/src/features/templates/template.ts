import type { ServiceType } from '../../api/commands';
import { plain } from '../../ui/plain';
import { readJson } from './json';
import { labelled, type Parameter, parametersOf } from './parameters';

/** What the page needs of a template's row; GraphQL gives null for what is not there. */
export interface TemplateRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description?: string | null;
  readonly revision?: number | null;
  readonly status?: string | null;
  readonly reason?: string | null;
  readonly paths?: readonly (string | null)[] | null;
  /** JSON, as the next two. */
  readonly parameters?: unknown;
  readonly services?: unknown;
  readonly settings?: unknown;
  readonly publishedAt?: string | null;
}

/** A service that projects of the template begin with. */
export interface TemplateService {
  readonly serviceName: string;
  readonly serviceType: ServiceType;
}

export interface TemplateSettings {
  readonly runtime?: string;
  readonly features?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A template as the page shows it. */
export interface Template {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly revision: number;
  readonly isDeprecated: boolean;
  readonly reason: string;
  readonly paths: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly services: readonly TemplateService[];
  readonly settings: TemplateSettings;
  /** When its revision was published; empty before the first. */
  readonly publishedAt: string;
}

export function templateOf(row: TemplateRow): Template {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description ?? '',
    revision: row.revision ?? 0,
    isDeprecated: row.status === 'DEPRECATED',
    reason: row.reason ?? '',
    paths: (row.paths ?? []).filter((path) => path !== null),
    parameters: parametersOf(row.parameters),
    services: listOf(row.services).filter(isService),
    settings: settingsOf(row.settings),
    publishedAt: row.publishedAt ?? '',
  };
}

function listOf(json: unknown): unknown[] {
  const value = readJson(json);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isService(value: unknown): value is TemplateService {
  return typeof value === 'object' && value !== null && 'serviceName' in value;
}

function settingsOf(json: unknown): TemplateSettings {
  const value = readJson(json);
  return typeof value === 'object' && value !== null ? value : {};
}

/** What a template says of itself, with signs in the place of controls; its values are sent as they are. */
export const plainTemplate = (template: Template): Template => ({
  ...template,
  parameters: template.parameters.map(labelled),
  services: template.services.map((service) => ({
    ...service,
    serviceName: plain(service.serviceName),
  })),
});

export type Kind = ServiceType | 'ALL';

/** What a template makes, by the services that it begins with. */
export function kindsOf({ services }: Pick<Template, 'services'>): readonly ServiceType[] {
  return [...new Set(services.map(({ serviceType }) => serviceType))];
}

/** Templates of a kind with these words in their name, slug or description, in the order of names. */
export function matching(
  templates: readonly Template[],
  kind: Kind,
  words: string,
): readonly Template[] {
  const wanted = words.trim().toLowerCase().split(/\s+/);
  return templates
    .filter((template) => kind === 'ALL' || kindsOf(template).includes(kind))
    .filter(({ name, slug, description }) => {
      const text = `${name} ${slug} ${description}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en') || a.slug.localeCompare(b.slug, 'en'));
}
