import { TextAreaField, TextField } from '@aws-amplify/ui-react';
import type { ProjectDraft } from './draft';

interface ProjectFieldsProps {
  readonly draft: ProjectDraft;
  readonly onChange: (draft: ProjectDraft) => void;
  readonly errors: ReadonlyMap<string, string>;
}

export const PROJECT_FIELDS = ['name', 'description'];

export function ProjectFields(props: ProjectFieldsProps) {
  return (
    <>
      <NameField {...props} />
      <DescriptionField {...props} />
    </>
  );
}

export function NameField({ draft, onChange, errors }: ProjectFieldsProps) {
  return (
    <TextField
      label="Name"
      value={draft.name}
      onChange={(event) => onChange({ ...draft, name: event.target.value })}
      hasError={errors.has('name')}
      errorMessage={errors.get('name')}
      autoComplete="off"
      isRequired
    />
  );
}

export function DescriptionField({ draft, onChange, errors }: ProjectFieldsProps) {
  return (
    <TextAreaField
      label="Description (optional)"
      value={draft.description}
      onChange={(event) => onChange({ ...draft, description: event.target.value })}
      hasError={errors.has('description')}
      errorMessage={errors.get('description')}
      rows={3}
    />
  );
}
