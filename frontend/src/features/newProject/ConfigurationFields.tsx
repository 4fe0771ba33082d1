import { SelectField } from '@aws-amplify/ui-react';
import { CheckboxGroup } from './CheckboxGroup';
import {
  type Chosen,
  featuresOf,
  type NewProject,
  REGION,
  RUNTIME,
  runtimeOf,
  WITHOUT_TEMPLATE,
  withFeatures,
} from './draft';
import { FEATURE_WORDS, knownFeatures } from './features';
import { FEATURES } from './fieldNames';
import { regionName, REGIONS } from './regions';
import { retirement, RUNTIMES } from './runtimes';

interface ConfigurationFieldsProps {
  readonly draft: NewProject;
  readonly chosen: Chosen | undefined;
  readonly errors: ReadonlyMap<string, string>;
  readonly onChange: (draft: NewProject) => void;
}

const nothing = (chosen: Chosen | undefined): string => (chosen ? 'Choose…' : 'None yet');

export function RegionField({ draft, chosen, errors, onChange }: ConfigurationFieldsProps) {
  return (
    <SelectField
      label={chosen ? 'Region' : 'Region (optional)'}
      value={draft.region}
      onChange={(event) => onChange({ ...draft, region: event.target.value })}
      hasError={errors.has(REGION)}
      errorMessage={errors.get(REGION)}
      isRequired={chosen !== undefined}
    >
      <option value="">{nothing(chosen)}</option>
      {Object.keys(REGIONS).map((code) => (
        <option key={code} value={code}>
          {regionName(code)}
        </option>
      ))}
    </SelectField>
  );
}

export function RuntimeFields(props: ConfigurationFieldsProps) {
  const { draft, chosen, errors, onChange } = props;
  const runtime = runtimeOf(draft, chosen);
  const features = featuresOf(draft, chosen);
  return (
    <>
      <SelectField
        label={chosen ? 'Runtime' : 'Runtime (optional)'}
        descriptiveText={retirement(runtime)}
        value={runtime}
        onChange={(event) => onChange({ ...draft, runtime: event.target.value })}
        hasError={errors.has(RUNTIME)}
        errorMessage={errors.get(RUNTIME)}
        isRequired={chosen !== undefined}
      >
        <option value="">{nothing(chosen)}</option>
        {RUNTIMES.map((each) => (
          <option key={each} value={each}>
            {retirement(each) ? `${each} (retired)` : each}
          </option>
        ))}
      </SelectField>
      <CheckboxGroup
        legend="Features"
        help={chosen ? 'What the code is made with, where the template knows of it.' : undefined}
        options={knownFeatures([...(chosen?.features ?? []), ...features]).map((value) => ({
          value,
          label: FEATURE_WORDS[value] ?? value,
        }))}
        chosen={features}
        error={errors.get(FEATURES)}
        onChange={(wanted) =>
          onChange(withFeatures(draft, chosen?.slug ?? WITHOUT_TEMPLATE, wanted))
        }
      />
    </>
  );
}
