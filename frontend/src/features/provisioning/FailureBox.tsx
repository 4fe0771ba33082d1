import { Alert, Button } from '@aws-amplify/ui-react';
import { RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Project, ProvisioningRun } from '../../api/readModels';
import { FailureAlert } from '../commands/FailureAlert';
import { ConfirmProjectDialog } from '../projects/ConfirmProjectDialog';
import { mayCommand } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { RetryDialog } from './RetryDialog';
import { causeOf, consequenceOf } from './steps';
import { useAnotherAttempt } from './useAnotherAttempt';

interface FailureBoxProps {
  readonly project: Project;
  readonly run: ProvisioningRun;
  /** Only the newest attempt can be followed by another one. */
  readonly isNewest: boolean;
}

/** Why an attempt failed, what was done about it, and what can be done now. */
export function FailureBox({ project, run, isNewest }: FailureBoxProps) {
  const { status } = run;
  if (status !== 'FAILED' && status !== 'ABANDONED') return null;
  return (
    <Alert variation="error" role="alert" heading={causeOf(run)}>
      <p>{consequenceOf(run)}</p>
      {status === 'FAILED' && isNewest && <Ways project={project} run={run} />}
    </Alert>
  );
}

function Ways({ project, run }: Omit<FailureBoxProps, 'isNewest'>) {
  const session = useSession();
  if (!mayCommand(session)) return <p>The owner, or an Admin, may try again.</p>;
  if (project.status !== 'ACTIVE')
    return <p>The project is archived. Once it is restored, you can try again.</p>;
  return <Retry project={project} run={run} />;
}

type Open = 'retry' | 'delete';

function Retry({ project, run }: Omit<FailureBoxProps, 'isNewest'>) {
  const [open, setOpen] = useState<Open>();
  const navigate = useNavigate();
  const { again, isStarting, failure } = useAnotherAttempt(project);
  const close = (): void => setOpen(undefined);
  return (
    <>
      <div className="row">
        <Button
          variation="primary"
          isLoading={isStarting}
          loadingText="Starting…"
          onClick={() => void again()}
        >
          <RotateCw /> Try again
        </Button>
        <Button onClick={() => setOpen('retry')}>Change parameters</Button>
        <Button variation="link" className="quiet" onClick={() => setOpen('delete')}>
          <Trash2 /> Delete project…
        </Button>
      </div>
      <FailureAlert failure={failure} />
      {open === 'retry' && <RetryDialog project={project} run={run} onClose={close} />}
      {open === 'delete' && (
        <ConfirmProjectDialog
          action="delete-project"
          project={project}
          onClose={close}
          onDone={() => void navigate('/projects')}
        />
      )}
    </>
  );
}
