import { Button } from '@aws-amplify/ui-react';
import type { Analysis } from '../../api/readModels';
import { useToast } from '../../ui/Toasts';
import { useCommands } from '../commands/CommandsProvider';
import { explain } from '../commands/explain';
import { useCommand } from '../commands/useCommand';
import { useEffect } from 'react';

export function CancelAnalysis({ analysis }: { analysis: Analysis }) {
  const commands = useCommands();
  const toast = useToast();
  const { submit, sending, failure } = useCommand((id: string, key) =>
    commands.send('cancel-analysis', id, key),
  );
  useEffect(() => {
    if (failure) toast({ text: explain(failure).title, isRefusal: true });
  }, [failure, toast]);
  return (
    <Button
      className="push"
      isLoading={sending}
      loadingText="Cancelling…"
      onClick={() => void submit(analysis.id)}
    >
      Cancel the analysis
    </Button>
  );
}
