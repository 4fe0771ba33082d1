import { Button, SelectField } from '@aws-amplify/ui-react';
import { Rocket, SearchX } from 'lucide-react';
import { useSearchParams } from 'react-router';
import type { Deployment, DeploymentStatus } from '../../api/readModels';
import { readableOf } from '../../rows/unreadable';
import { useWatch } from '../../rows/useWatch';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { BeyondTheEnd, Pager } from '../../ui/Pager';
import { RelativeTime } from '../../ui/RelativeTime';
import { ListSkeleton } from '../../ui/Skeleton';
import { StateBadge } from '../../ui/StateBadge';
import { useHistoryPlace } from '../project/useHistoryPlace';
import { useProjectPage } from '../project/useProjectPage';
import { shortRevision } from './revision';
import { Address, DeploymentTable } from './DeploymentTable';
import { DEPLOYMENT_STATUS } from './status';
import { DEPLOYMENTS_A_PAGE as SIZE, useDeployments } from './useDeployments';

/** What was deployed where, and how that went. */
export function DeploymentsTab() {
  useWatch('Deployment');
  const { project } = useProjectPage();
  const [address, setAddress] = useSearchParams();
  const environment = address.get('environment') || undefined;
  const status = statusOf(address.get('status'));
  const page = Math.max(1, Math.trunc(Number(address.get('page'))) || 1);
  const { deployments, query, isShort, isReadingMore } = useDeployments(
    project.id,
    { environment, status },
    page,
  );
  const newest = useDeployments(project.id, {});
  const history = useHistoryPlace(project);
  const readable = readableOf(newest.deployments);
  const shown = deployments.slice((page - 1) * SIZE, page * SIZE);
  const set = (name: string, value: string, replace: boolean): void => {
    const next = new URLSearchParams(address);
    if (name !== 'page') next.delete('page');
    if (value) next.set(name, value);
    else next.delete(name);
    setAddress(next, { replace, preventScrollReset: replace });
  };

  if (query.isPending && newest.query.isPending)
    return <ListSkeleton label="Reading the deployments" />;
  // The filters stay where they are, with the focus of whoever has just used one.
  const isReading = query.isPending || isShort;
  const isUnread = query.error !== null && !isReading;
  if (query.isSuccess && newest.deployments.length === 0 && !environment && !status)
    return <NoDeployments />;
  return (
    <>
      <Environments deployments={latestOf(readable)} />
      <section className="panel" aria-label="Deployments">
        <header>
          <EnvironmentFilter
            environments={readable.map((each) => each.environment)}
            environment={environment}
            onChange={(value) => set('environment', value, true)}
          />
          <SelectField
            label="Status"
            labelHidden
            value={status ?? ''}
            onChange={(event) => set('status', event.target.value.toLowerCase(), true)}
          >
            <option value="">Any status</option>
            {Object.entries(DEPLOYMENT_STATUS).map(([each, { word }]) => (
              <option key={each} value={each}>
                {word}
              </option>
            ))}
          </SelectField>
          <span className="push soft sm">{countsOf(project)}</span>
        </header>
        {shown.length > 0 && (
          <DeploymentTable
            caption="Deployments, newest first"
            deployments={shown}
            history={history}
          />
        )}
        {shown.length === 0 && isReading && <ListSkeleton label="Reading the deployments" />}
        {shown.length === 0 && isUnread && (
          <ErrorState
            title="The deployments could not be read"
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        )}
        {shown.length === 0 &&
          !isReading &&
          !isUnread &&
          (page > 1 ? (
            <BeyondTheEnd of="deployments" onFirst={() => set('page', '', false)} />
          ) : (
            <NoneFits onReset={() => setAddress({}, { replace: true })} />
          ))}
        {(page > 1 || deployments.length > SIZE) && (
          <footer>
            <Pager
              of="deployments"
              page={page}
              size={SIZE}
              count={shown.length}
              hasNext={deployments.length > page * SIZE}
              isReading={isReadingMore}
              onChange={(next) => set('page', next > 1 ? String(next) : '', false)}
            />
          </footer>
        )}
      </section>
    </>
  );
}

function statusOf(word: string | null): DeploymentStatus | undefined {
  const statuses = Object.keys(DEPLOYMENT_STATUS) as DeploymentStatus[];
  return statuses.find((status) => status.toLowerCase() === word);
}

interface Counts {
  readonly deploymentCount: number;
  readonly deploymentsSucceeded: number;
  readonly deploymentsFailed: number;
}

function countsOf({ deploymentCount, deploymentsSucceeded, deploymentsFailed }: Counts): string {
  const running = deploymentCount - deploymentsSucceeded - deploymentsFailed;
  const words = [`${deploymentsSucceeded} completed`, `${deploymentsFailed} failed`];
  return [...words, ...(running > 0 ? [`${running} running`] : [])].join(', ');
}

/** The latest deployment of each environment, as far as the newest deployments reach. */
function latestOf(deployments: readonly Deployment[]): Deployment[] {
  const latest = new Map<string, Deployment>();
  for (const deployment of deployments)
    if (!latest.has(deployment.environment)) latest.set(deployment.environment, deployment);
  return [...latest.values()];
}

function Environments({ deployments }: { deployments: readonly Deployment[] }) {
  return (
    <ul className="cards environments" aria-label="Environments">
      {deployments.map(({ id, environment, status, revision, startedAt, url }) => {
        const { word, tone } = DEPLOYMENT_STATUS[status];
        return (
          <li key={id} className="card">
            <div className="card-head">
              <h2>{environment}</h2>
              <StateBadge tone={tone}>{word}</StateBadge>
            </div>
            <p className="soft sm">
              {revision && (
                <>
                  <code>{shortRevision(revision)}</code> ·{' '}
                </>
              )}
              <RelativeTime at={startedAt} />
            </p>
            {url && (
              <p className="sm">
                <Address url={url} />
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface EnvironmentFilterProps {
  readonly environments: readonly string[];
  readonly environment: string | undefined;
  readonly onChange: (environment: string) => void;
}

function EnvironmentFilter({ environments, environment, onChange }: EnvironmentFilterProps) {
  const known = [...new Set([...environments, ...(environment ? [environment] : [])])].sort();
  return (
    <SelectField
      label="Environment"
      labelHidden
      value={environment ?? ''}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">Any environment</option>
      {known.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </SelectField>
  );
}

function NoDeployments() {
  return (
    <EmptyState
      icon={<Rocket />}
      title="Not deployed yet"
      text="Deployments appear here when your pipeline or GitHub reports them."
    />
  );
}

function NoneFits({ onReset }: { onReset: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No deployment fits"
      text="The environment or the status leaves none."
    >
      <Button onClick={onReset}>Clear the filters</Button>
    </EmptyState>
  );
}
