import type { ModelName, Models } from '../api/readModels';
import { plainWithin } from '../ui/plain';

/** JSON is sent back as it came, so it is made plain where it is shown. */
const JSON_FIELDS: Record<ModelName, readonly string[]> = {
  Project: ['environment'],
  Service: ['configuration'],
  Deployment: [],
  Analysis: ['findings', 'monthlyCost'],
  ProvisioningRun: ['parameters', 'steps'],
  OwnerSummary: [],
  ProjectAnalytics: [],
  Template: ['parameters', 'services', 'settings'],
  TemplateDraft: ['files', 'parameters', 'services', 'settings'],
  Metric: ['tags'],
};

/** A row whose texts have signs in the place of controls, wherever they come to be shown. */
export function plainRow<Name extends ModelName>(name: Name, row: Models[Name]): Models[Name] {
  const fields = Object.entries(row).map(([field, value]: [string, unknown]) => [
    field,
    JSON_FIELDS[name].includes(field) ? value : plainWithin(value),
  ]);
  return Object.fromEntries(fields) as Models[Name];
}
