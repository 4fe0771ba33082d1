import { Alert } from '@aws-amplify/ui-react';
import { Link } from 'react-router';
import type { Project } from '../../api/readModels';

/** The provisioning in one line, with the way to its steps; nothing once all is well. */
export function ProvisioningNote({ project }: { project: Project }) {
  const { id, provisioning, provisioningAttempt: attempt } = project;
  const steps = <Link to={`/projects/${id}/provisioning`}>See the steps</Link>;
  switch (provisioning) {
    case 'NONE':
    case 'COMPLETED':
      return null;
    case 'RUNNING':
      return (
        <Alert variation="info" heading={`Provisioning, attempt ${attempt}`}>
          Until it has ended, it alone changes template, repository, configuration and services.{' '}
          {steps}
        </Alert>
      );
    case 'ABANDONED':
      return (
        <Alert variation="warning" heading={`Attempt ${attempt} is being undone`}>
          What it had done is taken back, step by step. {steps}
        </Alert>
      );
    case 'FAILED':
      return (
        <Alert variation="error" heading={`Provisioning failed, attempt ${attempt}`}>
          Everything it had done was undone. {steps}
        </Alert>
      );
  }
}
