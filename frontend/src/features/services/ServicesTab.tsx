import { visible } from '../../rows/rows';
import { withUnreadable } from '../../rows/unreadable';
import { projectKey, readProject, useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { isOfService } from '../commands/pending';
import { useHistoryPlace } from '../project/useHistoryPlace';
import { useProjectPage } from '../project/useProjectPage';
import { NoServices } from './NoServices';
import { ServiceList } from './ServiceList';

export function ServicesTab() {
  const { project, pending, onOpen } = useProjectPage();
  const rows = useRows('Service');
  const reading = useRead(projectKey(project.id), readProject(project.id));
  const own = visible(rows).filter(({ projectId }) => projectId === project.id);
  const services = withUnreadable(own, reading.data?.services ?? [], rows);
  return (
    <ServiceList
      services={services}
      nothing={<NoServices reading={reading} />}
      history={useHistoryPlace(project)}
      adding={pending.filter(isOfService)}
      onAdd={onOpen && (() => onOpen({ kind: 'add-service' }))}
      onAction={onOpen && ((kind, service) => onOpen({ kind, service }))}
    />
  );
}
