import { SelectField, TextAreaField } from '@aws-amplify/ui-react';
import { useState } from 'react';
import type { RequestAnalysis } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';
import { MAX_QUESTION } from '../limits';
import { KINDS } from './kinds';

interface RequestAnalysisDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
}

export function RequestAnalysisDialog({ project, onClose }: RequestAnalysisDialogProps) {
  const [kind, setKind] = useState<RequestAnalysis['kind']>('ARCHITECTURE');
  const [question, setQuestion] = useState('');
  const done = useAccepted('request-analysis', onClose);
  const command = useCommand(useCommands().requestAnalysis);
  const text = question.trim();
  const isTooLong = [...text].length > MAX_QUESTION;

  async function submit(): Promise<void> {
    const data = { projectId: project.id, kind, ...(text && { question: text }) };
    const accepted = await command.submit(data);
    if (accepted) done(project.name, accepted, project.id);
  }

  return (
    <Dialog title="Request an analysis" onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        mistakes={new Map(isTooLong ? [['question', `At most ${MAX_QUESTION} characters.`]] : [])}
        fields={['kind', 'question']}
        action="Request an analysis"
        doing="Requesting…"
      >
        {(errors) => (
          <>
            <SelectField
              label="What to look at"
              value={kind}
              onChange={(event) => setKind(event.target.value as RequestAnalysis['kind'])}
              hasError={errors.has('kind')}
              errorMessage={errors.get('kind')}
            >
              {Object.entries(KINDS).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </SelectField>
            <TextAreaField
              label="Question (optional)"
              descriptiveText="What you want to know in particular."
              value={question}
              onChange={(event) => setQuestion(event.target.value)}
              hasError={errors.has('question')}
              errorMessage={errors.get('question')}
              rows={3}
            />
          </>
        )}
      </CommandForm>
    </Dialog>
  );
}
