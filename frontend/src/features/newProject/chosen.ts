import type { Template } from '../templates/template';
import type { Chosen } from './draft';

/** What a draft has to know of the template that is chosen for it. */
export const chosenOf = (template: Template | undefined): Chosen | undefined =>
  template && {
    slug: template.slug,
    parameters: template.parameters,
    runtime: template.settings.runtime,
    features: template.settings.features,
  };
