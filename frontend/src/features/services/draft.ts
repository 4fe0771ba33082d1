import type { AddService, ChangeService, ServiceType } from '../../api/commands';
import type { Service } from '../../api/readModels';
import { nameMistake } from '../limits';
import { formatConfiguration, parseConfiguration } from './configuration';

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

export const draftOf = ({ name, type, configuration }: Service): ServiceDraft => ({
  serviceName: name,
  serviceType: type,
  configuration: formatConfiguration(configuration) ?? '',
});

/** Only what differs, on drafts without errors; an emptied configuration is cleared. */
export function changeOf(before: ServiceDraft, after: ServiceDraft): ChangeService | undefined {
  const was = serviceOf(before);
  const { serviceName, serviceType, configuration } = serviceOf(after);
  const isSame = JSON.stringify(configuration) === JSON.stringify(was.configuration);
  const change = {
    ...(serviceName !== was.serviceName && { serviceName }),
    ...(serviceType !== was.serviceType && { serviceType }),
    ...(!isSame && { configuration: configuration ?? {} }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

export function checkChange(before: ServiceDraft, after: ServiceDraft): Map<string, string> {
  const errors = checkDraft(after);
  if (errors.size === 0 && !changeOf(before, after))
    errors.set('serviceName', 'Nothing has changed yet.');
  return errors;
}
