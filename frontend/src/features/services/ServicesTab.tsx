import { visible } from '../../rows/rows';
import { useRows } from '../../rows/useReadModels';
import { isOfService } from '../commands/pending';
import { useProjectPage } from '../project/useProjectPage';
import { ServiceList } from './ServiceList';

export function ServicesTab() {
  const { project, pending, onOpen } = useProjectPage();
  const services = visible(useRows('Service')).filter(({ projectId }) => projectId === project.id);
  return (
    <ServiceList
      services={services}
      adding={pending.filter(isOfService)}
      onAdd={onOpen && (() => onOpen({ kind: 'add-service' }))}
      onAction={onOpen && ((kind, service) => onOpen({ kind, service }))}
    />
  );
}
