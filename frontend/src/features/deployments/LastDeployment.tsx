import type { Project } from '../../api/readModels';
import { RelativeTime } from '../../ui/RelativeTime';
import { DEPLOYMENT_STATUS } from './status';

/** Where a project was deployed to last, when, and how that went. */
export function LastDeployment({ project }: { project: Project }) {
  const { lastDeploymentStatus, lastDeploymentEnvironment, lastDeployedAt } = project;
  if (!lastDeploymentStatus || !lastDeployedAt) return <span className="soft">Never deployed</span>;
  const { icon: Icon, colour, word } = DEPLOYMENT_STATUS[lastDeploymentStatus];
  return (
    <span className="with" title={word}>
      <Icon className={colour} />
      <span className="hidden">{word}: </span>
      {lastDeploymentEnvironment}
      <span className="soft">
        <RelativeTime at={lastDeployedAt} />
      </span>
    </span>
  );
}
