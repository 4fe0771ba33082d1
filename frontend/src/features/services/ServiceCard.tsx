import { Button } from '@aws-amplify/ui-react';
import type { Service } from '../../api/readModels';
import { CopyId } from '../../ui/CopyId';
import { plainLines } from '../../ui/plain';
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
  const { label, icon: Icon, tone } = SERVICE_TYPES[service.type];
  const configuration = formatConfiguration(service.configuration);
  return (
    <li className={`line service-card${mark}`} data-service-id={service.id}>
      <span className={`tile ${tone}`}>
        <Icon />
      </span>
      <div className="line-body">
        <h3>
          {service.name} <CopyId id={service.id} of={service.name} />
        </h3>
        <p className="soft sm">
          {label} · added <RelativeTime at={service.createdAt} />
        </p>
        {configuration && (
          <details>
            <summary>Configuration</summary>
            <pre>{plainLines(configuration)}</pre>
          </details>
        )}
      </div>
      {onAction && (
        <div className="row push">
          <Button
            size="small"
            aria-label={`Edit ${service.name}`}
            onClick={() => onAction('edit-service', service)}
          >
            Edit
          </Button>
          <Button
            size="small"
            aria-label={`Remove ${service.name}`}
            onClick={() => onAction('remove-service', service)}
          >
            Remove
          </Button>
        </div>
      )}
    </li>
  );
}
