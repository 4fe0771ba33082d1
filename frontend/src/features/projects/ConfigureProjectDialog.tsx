import { Button, SelectField, TextField } from '@aws-amplify/ui-react';
import { Plus, Trash2 } from 'lucide-react';
import { use, useId } from 'react';
import type { Base, Configuration, OnConflict } from '../../api/commands';
import type { Project } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { ADD, ENTRIES, REMOVE, removeEntry } from '../../ui/removeEntry';
import { TypedContext } from '../../ui/useLeaving';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { EditForm } from '../conflicts/EditForm';
import { useChange } from '../conflicts/useChange';
import { type Form, useEditing } from '../conflicts/useEditing';
import {
  checkConfiguration,
  configurationDraft,
  configurationOf,
  type ConfigurationDraft,
  type Runtime,
  textsOf,
} from './configuration';

interface ConfigureProjectDialogProps {
  /** As it is now: it may change while the form is open. */
  readonly project: Project;
  readonly onClose: () => void;
}

/** Every runtime that the API knows; the type fails when there is another. */
const RUNTIMES: Record<Runtime, string> = {
  'python3.13': 'Python 3.13',
  'python3.9': 'Python 3.9 (retired by AWS)',
  nodejs24: 'Node.js 24',
  nodejs22: 'Node.js 22',
  nodejs18: 'Node.js 18 (retired by AWS)',
};

/** Often chosen; any other region can be typed. */
const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2', 'ap-southeast-1'];

const FORM: Form<Project, ConfigurationDraft, keyof ConfigurationDraft> = {
  draftOf: configurationDraft,
  textsOf,
  labels: { runtime: 'Runtime', region: 'Region', features: 'Features', variables: 'Variables' },
};

export function ConfigureProjectDialog({ project, onClose }: ConfigureProjectDialogProps) {
  const editing = useEditing(project, FORM);
  const { configureProject } = useCommands();
  const done = useAccepted('configure-project', onClose);
  const command = useChange(project.id, (data: Configuration, base: Base, sending) =>
    configureProject(project.id, data, base, sending),
  );

  async function send(draft: ConfigurationDraft, onConflict: OnConflict): Promise<void> {
    const base = { version: project.version, onConflict };
    const accepted = await command.submit({ data: configurationOf(draft), base });
    if (accepted) done(project.name, accepted);
  }

  return (
    <Dialog title={`Configure ${project.name}`} onClose={onClose}>
      <EditForm
        what="configuration"
        editing={editing}
        command={command}
        onSend={send}
        check={checkConfigured}
        fields={['runtime', 'region', 'features', 'environment']}
      >
        {(errors) => (
          <ConfigurationFields draft={editing.draft} onChange={editing.change} errors={errors} />
        )}
      </EditForm>
    </Dialog>
  );
}

function checkConfigured(
  before: ConfigurationDraft,
  after: ConfigurationDraft,
): ReadonlyMap<string, string> {
  const isSame = JSON.stringify(textsOf(before)) === JSON.stringify(textsOf(after));
  return isSame ? new Map([['runtime', 'Nothing has changed yet.']]) : checkConfiguration(after);
}

interface FieldsProps {
  readonly draft: ConfigurationDraft;
  readonly onChange: (draft: ConfigurationDraft) => void;
  readonly errors: ReadonlyMap<string, string>;
}

function ConfigurationFields({ draft, onChange, errors }: FieldsProps) {
  const regions = useId();
  const set = (change: Partial<ConfigurationDraft>): void => onChange({ ...draft, ...change });
  return (
    <>
      <div className="fields">
        <SelectField
          label="Runtime"
          value={draft.runtime}
          onChange={(event) => set({ runtime: event.target.value })}
          hasError={errors.has('runtime')}
          errorMessage={errors.get('runtime')}
        >
          {draft.runtime === '' && <option value="">Choose one</option>}
          {Object.entries(RUNTIMES).map(([runtime, label]) => (
            <option key={runtime} value={runtime}>
              {label}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Region"
          list={regions}
          value={draft.region}
          onChange={(event) => set({ region: event.target.value })}
          hasError={errors.has('region')}
          errorMessage={errors.get('region')}
          placeholder="eu-west-1"
          autoComplete="off"
        />
        <datalist id={regions}>
          {REGIONS.map((region) => (
            <option key={region} value={region} />
          ))}
        </datalist>
      </div>
      <TextField
        label="Features (optional)"
        descriptiveText="Words with a comma between them."
        value={draft.features}
        onChange={(event) => set({ features: event.target.value })}
        hasError={errors.has('features')}
        errorMessage={errors.get('features')}
        autoComplete="off"
      />
      <Variables draft={draft} onChange={onChange} errors={errors} />
    </>
  );
}

function Variables({ draft, onChange, errors }: FieldsProps) {
  const { variables } = draft;
  const typed = use(TypedContext);
  const set = (changed: ConfigurationDraft['variables']): void => {
    typed();
    onChange({ ...draft, variables: changed });
  };
  const put = (key: number, change: { name?: string; value?: string }): void =>
    set(variables.map((each) => (each.key === key ? { ...each, ...change } : each)));
  const add = (): void => {
    const key = Math.max(-1, ...variables.map((each) => each.key)) + 1;
    set([...variables, { key, name: '', value: '' }]);
  };
  const whole = errors.get('environment');
  return (
    <fieldset className="stack tight" {...ENTRIES}>
      <legend className="label">
        Variables <span className="count">{variables.length}</span>
      </legend>
      {variables.map(({ key, name, value }, index) => {
        const mistake = errors.get(`environment.${index}`);
        return (
          <div key={key} className="variable">
            <TextField
              label={`Name of variable ${index + 1}`}
              labelHidden
              className="code-field"
              placeholder="NAME"
              value={name}
              onChange={(event) => put(key, { name: event.target.value })}
              hasError={mistake !== undefined}
              errorMessage={mistake}
              autoComplete="off"
              autoFocus={name === '' && value === ''}
            />
            <TextField
              label={`Value of variable ${index + 1}`}
              labelHidden
              className="code-field"
              placeholder="value"
              value={value}
              onChange={(event) => put(key, { value: event.target.value })}
              autoComplete="off"
            />
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove variable ${index + 1}`}
              {...REMOVE}
              onClick={(event) =>
                removeEntry(event, () => set(variables.filter((each) => each.key !== key)))
              }
            >
              <Trash2 />
            </button>
          </div>
        );
      })}
      {whole && (
        <p className="t-bad sm" role="alert">
          {whole}
        </p>
      )}
      <div>
        <Button type="button" size="small" onClick={add} {...ADD}>
          <Plus /> Add a variable
        </Button>
      </div>
      <p className="soft sm">Whoever may read the project reads these. Keep no passwords here.</p>
    </fieldset>
  );
}
