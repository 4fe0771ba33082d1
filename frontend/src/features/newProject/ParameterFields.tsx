import { CheckboxField, SelectField, TextAreaField, TextField } from '@aws-amplify/ui-react';
import { allowed, type Parameter } from '../templates/parameters';
import { CheckboxGroup } from './CheckboxGroup';
import { type Field, fieldOf, type Fields, shownIn } from './parameterForm';

interface ParameterFieldsProps {
  readonly parameters: readonly Parameter[];
  readonly fields: Fields;
  readonly errors: ReadonlyMap<string, string>;
  readonly onChange: (fields: Fields) => void;
}

/** A field for each parameter of a template, of its type. */
export function ParameterFields({ parameters, fields, errors, onChange }: ParameterFieldsProps) {
  return (
    <div className="fields">
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          field={shownIn(parameter, fields)}
          error={errors.get(fieldOf(parameter))}
          onChange={(field) => onChange({ ...fields, [parameter.name]: field })}
        />
      ))}
    </div>
  );
}

interface ParameterFieldProps {
  readonly parameter: Parameter;
  readonly field: Field;
  readonly error: string | undefined;
  readonly onChange: (field: Field) => void;
}

function ParameterField({ parameter, field, error, onChange }: ParameterFieldProps) {
  const { type, required, choices = [] } = parameter;
  const label = required || type === 'BOOLEAN' ? parameter.label : `${parameter.label} (optional)`;
  const common = {
    label: parameter.default === undefined ? label : parameter.label,
    descriptiveText: helpOf(parameter),
    hasError: error !== undefined,
    errorMessage: error,
    isRequired: required ?? false,
  };
  switch (type) {
    case 'TEXT':
    case 'NUMBER':
      return (
        <TextField
          {...common}
          value={field as string}
          onChange={(event) => onChange(event.target.value)}
          inputMode={type === 'NUMBER' ? 'decimal' : 'text'}
          autoComplete="off"
          spellCheck={false}
        />
      );
    case 'CHOICE':
      return (
        <SelectField
          {...common}
          value={field as string}
          onChange={(event) => onChange(event.target.value)}
        >
          {(parameter.default ?? undefined) === undefined && (
            <option value="">{required ? 'Choose…' : 'None'}</option>
          )}
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </SelectField>
      );
    case 'BOOLEAN':
      return (
        <div className="check-group">
          <CheckboxField
            name={parameter.name}
            label={parameter.label}
            checked={field === true}
            onChange={(event) => onChange(event.target.checked)}
          />
          {parameter.description && <p className="help">{parameter.description}</p>}
        </div>
      );
    case 'LIST':
      return <ListField {...common} choices={choices} entries={field} onChange={onChange} />;
  }
}

interface ListFieldProps {
  readonly label: string;
  readonly descriptiveText: string;
  readonly errorMessage: string | undefined;
  readonly isRequired: boolean;
  readonly choices: readonly string[];
  readonly entries: Field;
  readonly onChange: (entries: readonly string[]) => void;
}

function ListField(props: ListFieldProps) {
  const { label, descriptiveText, errorMessage, isRequired, choices, onChange } = props;
  const entries = Array.isArray(props.entries) ? (props.entries as readonly string[]) : [];
  if (choices.length > 0)
    return (
      <CheckboxGroup
        legend={label}
        help={descriptiveText}
        options={choices.map((value) => ({ value, label: value }))}
        chosen={entries}
        error={errorMessage}
        onChange={onChange}
      />
    );
  return (
    <TextAreaField
      label={label}
      descriptiveText={descriptiveText}
      hasError={errorMessage !== undefined}
      errorMessage={errorMessage}
      isRequired={isRequired}
      value={entries.join('\n')}
      onChange={(event) => onChange(event.target.value.split('\n'))}
      rows={3}
      spellCheck={false}
    />
  );
}

/** What the template says of a parameter, and what it takes. */
function helpOf(parameter: Parameter): string {
  const { type, description, choices = [] } = parameter;
  const isPlain = type === 'CHOICE' || (type === 'LIST' && choices.length > 0);
  const isLong = type === 'TEXT' && !parameter.minLength && !parameter.maxLength;
  const lines = type === 'LIST' && choices.length === 0 ? 'One on each line.' : '';
  const range = isPlain || isLong || type === 'LIST' ? '' : `${capital(allowed(parameter))}.`;
  return [description ?? '', range, lines].filter(Boolean).join(' ');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
