import type { Service } from '../../api/readModels';
import { RelativeTime } from '../../ui/RelativeTime';
import { formatConfiguration } from './configuration';
import { SERVICE_TYPES } from './serviceTypes';

export function ServiceCard({ service }: { service: Service }) {
  const { label, icon } = SERVICE_TYPES[service.type];
  const configuration = formatConfiguration(service.configuration);
  return (
    <li className="card service-card" data-service-id={service.id}>
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
    </li>
  );
}
