import { TextAreaField } from '@aws-amplify/ui-react';
import { Panel } from '../../ui/Panel';
import { type EditorDraft, type Fault, parametersIn } from './editorDraft';
import { messageFor } from './Faults';
import { ParametersTable } from './ParametersTable';

interface DeclarationsProps {
  readonly draft: EditorDraft;
  readonly faults: readonly Fault[];
  readonly onChange: (draft: EditorDraft) => void;
}

const FIELDS = [
  {
    field: 'parameters',
    label: 'Parameters',
    help: 'What whoever chooses the template is asked: a JSON list. Files use them by their names.',
    rows: 10,
  },
  {
    field: 'services',
    label: 'Services',
    help: 'What a project begins with: a JSON list of serviceName, serviceType and configuration.',
    rows: 5,
  },
  {
    field: 'settings',
    label: 'Settings',
    help: 'A JSON object of runtime, features and environment.',
    rows: 5,
  },
] as const;

/** What a template declares besides its files, as JSON. */
export function Declarations({ draft, faults, onChange }: DeclarationsProps) {
  const read = parametersIn(draft.parameters);
  return (
    <>
      <Panel title="Declarations">
        <div className="body stack tight">
          {FIELDS.map(({ field, label, help, rows }) => {
            const message = messageFor(faults, field);
            return (
              <TextAreaField
                key={field}
                label={label}
                descriptiveText={help}
                className="code-field"
                value={draft[field]}
                onChange={(event) => onChange({ ...draft, [field]: event.target.value })}
                hasError={message !== undefined}
                errorMessage={message}
                rows={rows}
                spellCheck={false}
              />
            );
          })}
        </div>
      </Panel>
      {'parameters' in read && <ParametersTable parameters={read.parameters} files={draft.files} />}
    </>
  );
}
