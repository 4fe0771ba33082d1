import { Button } from '@aws-amplify/ui-react';
import { Boxes, Plus } from 'lucide-react';
import type { Service } from '../../api/readModels';
import { isUnreadable, type Listed } from '../../rows/unreadable';
import { CannotBeShown } from '../../ui/CannotBeShown';
import { EmptyState } from '../../ui/EmptyState';
import { PendingNote } from '../commands/PendingNote';
import type { Pending } from '../commands/pending';
import { type ServiceAction, ServiceCard } from './ServiceCard';

interface ServiceListProps {
  readonly services: readonly Listed<Service>[];
  /** Where the history of the project is, for those who may read it. */
  readonly history: string | undefined;
  readonly adding: readonly Pending[];
  /** Undefined for whom the project is only to be read. */
  readonly onAdd: (() => void) | undefined;
  readonly onAction: ((action: ServiceAction, service: Service) => void) | undefined;
}

export function ServiceList({ services, history, adding, onAdd, onAction }: ServiceListProps) {
  return (
    <section className="stack tight" aria-labelledby="services-heading">
      <header className="section-header">
        <h2 id="services-heading">
          Services <span className="count">{services.length}</span>
        </h2>
        {onAdd && (
          <Button onClick={onAdd}>
            <Plus /> Add service
          </Button>
        )}
      </header>
      {services.length + adding.length === 0 ? (
        <EmptyState
          icon={<Boxes />}
          title="No services yet"
          text="A service is one deployable part of the project: an API, a front end or a worker."
        />
      ) : (
        <ul className="panel lines">
          {[...services].sort(byAge).map((service) =>
            isUnreadable(service) ? (
              <li key={service.id} className="line broken">
                <CannotBeShown what="service" id={service.id} history={history} />
              </li>
            ) : (
              <ServiceCard key={service.id} service={service} onAction={onAction} />
            ),
          )}
          {adding.map((pending) => (
            <li key={pending.commandId} className="line">
              <PendingNote pending={pending} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

type Aged = Pick<Service, 'id' | 'createdAt'>;

function byAge(a: Aged, b: Aged): number {
  return a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);
}
