import type { ChangeProject, CreateProject } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { descriptionMistake, nameMistake } from '../limits';
import { checkDraft, type ServiceDraft, serviceOf } from '../services/draft';

/** A project as it stands in a form. */
export interface ProjectDraft {
  readonly name: string;
  readonly description: string;
}

export const draftOf = ({ name, description }: Project): ProjectDraft => ({
  name,
  description: description ?? '',
});

export function checkProject(
  draft: ProjectDraft,
  services: readonly ServiceDraft[] = [],
): ReadonlyMap<string, string> {
  const mistakes: [string, string | undefined][] = [
    ['name', nameMistake(draft.name, 'project')],
    ['description', descriptionMistake(draft.description)],
  ];
  return new Map([
    ...mistakes.filter((each): each is [string, string] => each[1] !== undefined),
    ...services.flatMap((service, index) => [...checkDraft(service, serviceAt(index))]),
    ...repeatedNames(services),
  ]);
}

/** Names that stand twice in one form; the API takes each once in a project. */
function repeatedNames(services: readonly ServiceDraft[]): [string, string][] {
  const names = services.map(({ serviceName }) => serviceName.trim());
  return names.flatMap((name, index): [string, string][] =>
    name !== '' && names.indexOf(name) < index
      ? [[`${serviceAt(index)}serviceName`, `Another service here is called “${name}”.`]]
      : [],
  );
}

export function checkChange(
  before: ProjectDraft,
  after: ProjectDraft,
): ReadonlyMap<string, string> {
  return changeOf(before, after)
    ? checkProject(after)
    : new Map([['name', 'Nothing has changed yet.']]);
}

/** To be called on drafts without errors. */
export function creationOf(
  { name, description }: ProjectDraft,
  services: readonly ServiceDraft[],
): CreateProject {
  return {
    name: name.trim(),
    ...(description.trim() && { description: description.trim() }),
    ...(services.length > 0 && { services: services.map(serviceOf) }),
  };
}

/** Only what differs; an emptied description is cleared. Undefined when nothing does. */
export function changeOf(before: ProjectDraft, after: ProjectDraft): ChangeProject | undefined {
  const name = after.name.trim();
  const description = after.description.trim();
  const change = {
    ...(name !== before.name && { name }),
    ...(description !== before.description && { description: description || null }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

/** The API names the fields of a service by its place. */
export const serviceAt = (index: number): string => `services.${index}.`;
