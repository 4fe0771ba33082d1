import { Alert } from '@aws-amplify/ui-react';
import { ROLE_MEANS } from './session';
import { useSession } from './SessionProvider';

/** Says why the buttons are not there. */
export function ReadOnlyNote() {
  const { role } = useSession();
  return (
    <Alert variation="info" heading="Read only">
      Your role is {role}. {ROLE_MEANS[role]}
    </Alert>
  );
}
