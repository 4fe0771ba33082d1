import { PROJECT_FIELDS } from '../projects/ProjectFields';
import { serviceAt } from '../projects/draft';
import { serviceFieldNames } from '../services/ServiceFields';
import { type Chosen, type NewProject, REGION, RUNTIME } from './draft';
import { fieldOf } from './parameterForm';

/** The fields on the page, under the names which the API uses for them. */
export function fieldNames(draft: NewProject, chosen: Chosen | undefined): readonly string[] {
  const own = chosen
    ? chosen.parameters.map(fieldOf)
    : draft.services.flatMap((_, index) => serviceFieldNames(serviceAt(index)));
  return [...PROJECT_FIELDS, REGION, RUNTIME, FEATURES, ...own];
}

export const FEATURES = 'configuration.features';
