import { RelativeTime } from '../../ui/RelativeTime';
import { Panel } from '../../ui/Panel';
import { Owner } from '../projects/Owner';
import { TemplateName } from '../projects/TemplateName';
import { useSession } from '../session/SessionProvider';
import { useProjectPage } from './useProjectPage';

export function OverviewTab() {
  const { project } = useProjectPage();
  const session = useSession();
  return (
    <Panel title="About">
      <dl className="facts body">
        <dt>Template</dt>
        <dd>
          <TemplateName project={project} />
        </dd>
        <dt>Created</dt>
        <dd>
          <RelativeTime at={project.createdAt} />
        </dd>
        <dt>Changed</dt>
        <dd>
          <RelativeTime at={project.updatedAt} />
        </dd>
        <dt>Version</dt>
        <dd>{project.version}</dd>
        {project.userId !== session.userId && (
          <>
            <dt>Owner</dt>
            <dd>
              <Owner project={project} />
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}
