import { ExternalLink } from 'lucide-react';
import type { Deployment } from '../../api/readModels';
import { isUnreadable, type Listed } from '../../rows/unreadable';
import { CannotBeShown } from '../../ui/CannotBeShown';
import { RelativeTime } from '../../ui/RelativeTime';
import { StateBadge } from '../../ui/StateBadge';
import { changedClass, useChanged } from '../../ui/useChanged';
import { shortRevision } from './revision';
import { took } from './took';
import { DEPLOYMENT_STATUS } from './status';

interface DeploymentTableProps {
  readonly caption: string;
  readonly deployments: readonly Listed<Deployment>[];
  /** Where the history of their project is, for those who may read it. */
  readonly history: string | undefined;
}

export function DeploymentTable({ caption, deployments, history }: DeploymentTableProps) {
  return (
    <div className="scroll">
      <table className="list">
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Revision</th>
            <th scope="col">Status</th>
            <th scope="col">Environment</th>
            <th scope="col">Started</th>
            <th scope="col" className="num">
              Took
            </th>
            <th scope="col">Address or reason</th>
          </tr>
        </thead>
        <tbody>
          {deployments.map((deployment) =>
            isUnreadable(deployment) ? (
              <tr key={deployment.id} className="broken">
                <td className="first" colSpan={6}>
                  <CannotBeShown what="deployment" id={deployment.id} history={history} />
                </td>
              </tr>
            ) : (
              <DeploymentRow key={deployment.id} deployment={deployment} />
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

function DeploymentRow({ deployment }: { deployment: Deployment }) {
  const mark = changedClass(useChanged(deployment.version));
  const { revision, status, environment, startedAt, endedAt } = deployment;
  const { word, tone } = DEPLOYMENT_STATUS[status];
  return (
    <tr className={`deployment${mark}`} data-deployment-id={deployment.deploymentId}>
      <td className="first">
        {revision ? <code title={revision}>{shortRevision(revision)}</code> : <Nothing />}
      </td>
      <td className="second">
        <StateBadge tone={tone}>{word}</StateBadge>
      </td>
      <td className="rest">{environment}</td>
      <td className="rest nowrap soft" data-l="Started">
        <RelativeTime at={startedAt} />
      </td>
      <td className={`num rest nowrap ${endedAt ? '' : 'spare'}`} data-l="Took">
        {endedAt ? took(startedAt, endedAt) : <Nothing />}
      </td>
      <td className={`rest wrap ${deployment.reason || deployment.url ? '' : 'spare'}`}>
        <Outcome deployment={deployment} />
      </td>
    </tr>
  );
}

const Nothing = () => <span className="soft">–</span>;

function Outcome({ deployment: { url, reason } }: { deployment: Deployment }) {
  if (reason) return <span className="t-bad">{reason}</span>;
  return url ? <Address url={url} /> : <Nothing />;
}

/** Only an encrypted address that names its host plainly is made a link; anything else is text. */
export function Address({ url }: { url: string }) {
  if (!isPlain(url)) return url;
  return (
    <a className="with" href={url} rel="noreferrer noopener" target="_blank">
      {url.replace(/^https:\/\//i, '').replace(/\/$/, '')}
      <ExternalLink aria-label="(opens in a new tab)" />
    </a>
  );
}

/** Without a name before the host, which would look like the host. */
function isPlain(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return protocol === 'https:' && username === '' && password === '';
}
