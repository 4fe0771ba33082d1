import { SelectField, TextAreaField, TextField } from '@aws-amplify/ui-react';
import type { ServiceType } from '../../api/commands';
import type { ServiceDraft } from './draft';
import { SERVICE_TYPES } from './serviceTypes';

interface ServiceFieldsProps {
  readonly draft: ServiceDraft;
  readonly onChange: (draft: ServiceDraft) => void;
  readonly errors: ReadonlyMap<string, string>;
  /** Where this service stands in the command: `services.0.`, or nothing. */
  readonly at?: string;
  readonly autoFocus?: boolean;
}

export function ServiceFields(props: ServiceFieldsProps) {
  const { draft, onChange, errors, at = '', autoFocus = false } = props;
  const error = (field: keyof ServiceDraft): string | undefined => errors.get(at + field);
  return (
    <>
      <div className="field-row">
        <TextField
          label="Service name"
          value={draft.serviceName}
          onChange={(event) => onChange({ ...draft, serviceName: event.target.value })}
          hasError={error('serviceName') !== undefined}
          errorMessage={error('serviceName')}
          autoComplete="off"
          autoFocus={autoFocus}
          isRequired
        />
        <SelectField
          label="Type"
          value={draft.serviceType}
          onChange={(event) =>
            onChange({ ...draft, serviceType: event.target.value as ServiceType })
          }
          hasError={error('serviceType') !== undefined}
          errorMessage={error('serviceType')}
        >
          {Object.entries(SERVICE_TYPES).map(([type, { label }]) => (
            <option key={type} value={type}>
              {label}
            </option>
          ))}
        </SelectField>
      </div>
      <TextAreaField
        label="Configuration (optional)"
        descriptiveText="A JSON object."
        placeholder={'{"memory": 512}'}
        value={draft.configuration}
        onChange={(event) => onChange({ ...draft, configuration: event.target.value })}
        hasError={error('configuration') !== undefined}
        errorMessage={error('configuration')}
        rows={3}
        spellCheck={false}
        className="code-field"
      />
    </>
  );
}

export const serviceFieldNames = (at = ''): string[] =>
  ['serviceName', 'serviceType', 'configuration'].map((field) => at + field);
