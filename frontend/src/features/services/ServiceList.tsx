import { Button } from '@aws-amplify/ui-react';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Service } from '../../api/readModels';
import { isUnreadable, type Listed } from '../../rows/unreadable';
import { CannotBeShown } from '../../ui/CannotBeShown';
import { PendingNote } from '../commands/PendingNote';
import type { Pending } from '../commands/pending';
import { type ServiceAction, ServiceCard } from './ServiceCard';

interface ServiceListProps {
  readonly services: readonly Listed<Service>[];
  /** In the place of the list while there is no service in it. */
  readonly nothing: ReactNode;
  /** Where the history of the project is, for those who may read it. */
  readonly history: string | undefined;
  readonly adding: readonly Pending[];
  /** Undefined for whom the project is only to be read. */
  readonly onAdd: (() => void) | undefined;
  readonly onAction: ((action: ServiceAction, service: Service) => void) | undefined;
}

export function ServiceList(props: ServiceListProps) {
  const { services, nothing, history, adding, onAdd, onAction } = props;
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
        nothing
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
