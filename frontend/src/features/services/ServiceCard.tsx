import { Button } from '@aws-amplify/ui-react';
import type { Service } from '../../api/readModels';
import { CopyId } from '../../ui/CopyId';
import { RelativeTime } from '../../ui/RelativeTime';
import { changedClass, useChanged } from '../../ui/useChanged';
import { formatConfiguration } from './configuration';
import { SERVICE_TYPES } from './serviceTypes';

export type ServiceAction = 'edit-service' | 'remove-service';

interface ServiceCardProps {
  readonly service: Service;
  /** Undefined when the project is only to be read. */
  readonly onAction: ((action: ServiceAction, service: Service) => void) | undefined;
}

export function ServiceCard({ service, onAction }: ServiceCardProps) {
  const mark = changedClass(useChanged(service.version));
  const { label, icon } = SERVICE_TYPES[service.type];
  const configuration = formatConfiguration(service.configuration);
  return (
    <li className={`card service-card${mark}`} data-service-id={service.id}>
      <span className="service-icon" data-type={service.type}>
        {icon}
      </span>
      <div className="service-body">
        <h3>{service.name}</h3>
        <p className="muted">
          {label} · added <RelativeTime at={service.createdAt} />
        </p>
        {configuration && (
          <details>
            <summary>Configuration</summary>
            <pre>{configuration}</pre>
          </details>
        )}
      </div>
      <div className="card-actions">
        <CopyId id={service.id} of={service.name} />
        {onAction && (
          <>
            <Button
              size="small"
              variation="link"
              aria-label={`Edit ${service.name}`}
              onClick={() => onAction('edit-service', service)}
            >
              Edit
            </Button>
            <Button
              size="small"
              variation="link"
              aria-label={`Remove ${service.name}`}
              onClick={() => onAction('remove-service', service)}
            >
              Remove
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
