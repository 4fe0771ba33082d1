import { CheckboxField } from '@aws-amplify/ui-react';
import { useId } from 'react';

interface CheckboxGroupProps {
  readonly legend: string;
  readonly help?: string | undefined;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: readonly string[];
  readonly error?: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Any of several values, in the order in which they are offered. */
export function CheckboxGroup(props: CheckboxGroupProps) {
  const { legend, help, options, chosen, error, onChange } = props;
  const id = useId();
  const toggle = (value: string, isChosen: boolean): void =>
    onChange(
      options
        .map((option) => option.value)
        .filter((each) => (each === value ? isChosen : chosen.includes(each))),
    );
  return (
    <fieldset
      className="check-group full"
      aria-describedby={[help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ')}
      data-invalid={error ? '' : undefined}
    >
      <legend>{legend}</legend>
      {help && (
        <p id={`${id}-help`} className="help">
          {help}
        </p>
      )}
      <div className="row wide">
        {options.map(({ value, label }) => (
          <CheckboxField
            key={value}
            name={`${id}-${value}`}
            label={label}
            value={value}
            checked={chosen.includes(value)}
            onChange={(event) => toggle(value, event.target.checked)}
          />
        ))}
      </div>
      {error && (
        <p id={`${id}-error`} className="amplify-field__error-message">
          {error}
        </p>
      )}
    </fieldset>
  );
}
