import { Button } from '@aws-amplify/ui-react';
import { useEffect } from 'react';
import type { Analysis } from '../../api/readModels';
import { useToast } from '../../ui/Toasts';
import { useCommands } from '../commands/CommandsProvider';
import { explain } from '../commands/explain';
import { usePending } from '../commands/PendingProvider';
import { useCommand } from '../commands/useCommand';
import { useProjectPage } from '../project/useProjectPage';

export function CancelAnalysis({ analysis }: { analysis: Analysis }) {
  const { project } = useProjectPage();
  const commands = useCommands();
  const { pending, expect } = usePending();
  const toast = useToast();
  const { submit, sending, failure } = useCommand((id: string, key) =>
    commands.send('cancel-analysis', id, key),
  );
  useEffect(() => {
    if (failure) toast({ text: explain(failure).title, isRefusal: true });
  }, [failure, toast]);
  const isExpected = pending.some(
    ({ kind, aggregateId }) => kind === 'cancel-analysis' && aggregateId === analysis.id,
  );
  async function cancel(): Promise<void> {
    const accepted = await submit(analysis.id);
    if (accepted) expect('cancel-analysis', project.name, accepted, project.id);
  }
  return (
    <Button
      className="push"
      isLoading={sending || isExpected}
      loadingText="Cancelling…"
      onClick={() => void cancel()}
    >
      Cancel the analysis
    </Button>
  );
}
