import { Button } from '@aws-amplify/ui-react';
import { CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Project } from '../../api/readModels';
import { LinkButton } from '../../ui/LinkButton';
import { RelativeTime } from '../../ui/RelativeTime';
import { FailureAlert } from '../commands/FailureAlert';
import { placeOf } from '../provisioning/steps';
import { useAnotherAttempt } from '../provisioning/useAnotherAttempt';
import { useRuns } from '../provisioning/useRuns';
import { mayCommand } from '../session/session';
import { useSession } from '../session/SessionProvider';
import type { Concern } from './concerns';
import { useLastFailure } from './useLastFailure';

/** A failure: of what, when, and what can be done about it. */
export function ConcernRow({ concern: { what, project } }: { concern: Concern }) {
  return what === 'set-up' ? <NotSetUp project={project} /> : <NotDeployed project={project} />;
}

function NotSetUp({ project }: { project: Project }) {
  const [run] = useRuns(project.id).runs;
  const place = run && placeOf(run);
  const { again, isStarting, failure } = useAnotherAttempt(project);
  const mayTry = mayCommand(useSession());
  const navigate = useNavigate();
  const steps = `/projects/${project.id}/provisioning`;
  const tryAgain = async (): Promise<void> => {
    if (await again()) await navigate(steps);
  };
  return (
    <Row
      project={project}
      what={place ? `Provisioning failed at ${place}` : 'Provisioning failed'}
      failure={<FailureAlert failure={failure} />}
      at={run?.endedAt}
    >
      {mayTry ? (
        <Button
          size="small"
          isLoading={isStarting}
          loadingText="Starting…"
          aria-label={`Try again: ${project.name}`}
          onClick={() => void tryAgain()}
        >
          Try again
        </Button>
      ) : (
        <Open to={steps} project={project} />
      )}
    </Row>
  );
}

function NotDeployed({ project }: { project: Project }) {
  const at = useLastFailure(project.id);
  return (
    <Row
      project={project}
      what={`Deployment to ${project.lastDeploymentEnvironment} failed`}
      at={at}
    >
      <Open to={`/projects/${project.id}/deployments?status=failed`} project={project} />
    </Row>
  );
}

interface RowProps {
  readonly project: Project;
  readonly what: string;
  /** Of what was tried here. */
  readonly failure?: ReactNode;
  /** When it failed; unknown until that was read. */
  readonly at: string | null | undefined;
  /** The way on. */
  readonly children: ReactNode;
}

function Row({ project: { id, name }, what, failure, at, children }: RowProps) {
  return (
    <tr>
      <td className="first">
        <span className="with">
          <CircleX className="t-bad" />
          <Link to={`/projects/${id}`} className="plain name">
            {name}
          </Link>
        </span>
      </td>
      <td className="rest">
        {what}
        {failure}
      </td>
      <td className="rest soft nowrap">{at && <RelativeTime at={at} />}</td>
      <td className="second num">{children}</td>
    </tr>
  );
}

function Open({ to, project }: { to: string; project: Project }) {
  return (
    <LinkButton size="small" to={to} aria-label={`Open: ${project.name}`}>
      Open
    </LinkButton>
  );
}
