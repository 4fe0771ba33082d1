import { TextAreaField, TextField } from '@aws-amplify/ui-react';
import type { EditorDraft, Fault } from './editorDraft';
import { messageFor } from './Faults';

interface NameFieldsProps {
  readonly draft: EditorDraft;
  readonly isNew: boolean;
  readonly faults: readonly Fault[];
  readonly onChange: (draft: EditorDraft) => void;
}

export function NameFields({ draft, isNew, faults, onChange }: NameFieldsProps) {
  const error = (field: Fault['field']) => {
    const message = messageFor(faults, field);
    return { hasError: message !== undefined, errorMessage: message };
  };
  return (
    <div className="fields">
      <TextField
        label="Name"
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.target.value })}
        {...error('name')}
        autoComplete="off"
        isRequired
      />
      <TextField
        label="Slug"
        descriptiveText="It never changes: projects refer to it."
        className="code-field"
        value={draft.slug}
        onChange={(event) => onChange({ ...draft, slug: event.target.value })}
        {...error('slug')}
        autoComplete="off"
        spellCheck={false}
        isDisabled={!isNew}
        isRequired
      />
      <div className="full">
        <TextAreaField
          label="Description (optional)"
          value={draft.description}
          onChange={(event) => onChange({ ...draft, description: event.target.value })}
          {...error('description')}
          rows={2}
        />
      </div>
    </div>
  );
}
