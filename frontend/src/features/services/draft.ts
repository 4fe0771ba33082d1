import type { AddService, ServiceType } from '../../api/commands';
import { nameMistake } from '../limits';
import { parseConfiguration } from './configuration';

/** A service as it stands in a form. */
export interface ServiceDraft {
  readonly serviceName: string;
  readonly serviceType: ServiceType;
  readonly configuration: string;
}

export const emptyDraft: ServiceDraft = {
  serviceName: '',
  serviceType: 'API',
  configuration: '',
};

/** Errors by field, under the names which the API uses for them. */
export function checkDraft(draft: ServiceDraft, at = ''): Map<string, string> {
  const errors = new Map<string, string>();
  const name = nameMistake(draft.serviceName, 'service');
  if (name !== undefined) errors.set(`${at}serviceName`, name);
  const configuration = parseConfiguration(draft.configuration);
  if ('error' in configuration) errors.set(`${at}configuration`, configuration.error);
  return errors;
}

/** To be called on a draft without errors. */
export function serviceOf(draft: ServiceDraft): AddService {
  const { serviceName, serviceType } = draft;
  const configuration = parseConfiguration(draft.configuration);
  const value = 'value' in configuration ? configuration.value : undefined;
  const service = { serviceName: serviceName.trim(), serviceType };
  return value === undefined ? service : { ...service, configuration: value };
}
