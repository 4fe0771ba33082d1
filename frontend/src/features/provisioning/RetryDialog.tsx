import { SelectField } from '@aws-amplify/ui-react';
import { useState } from 'react';
import type { StartProvisioning } from '../../api/commands';
import type { Project, ProvisioningRun } from '../../api/readModels';
import { Dialog } from '../../ui/Dialog';
import { CommandForm } from '../commands/CommandForm';
import { useCommands } from '../commands/CommandsProvider';
import { useAccepted } from '../commands/useAccepted';
import { useCommand } from '../commands/useCommand';
import { ParameterFields } from '../newProject/ParameterFields';
import { checkFields, fieldOf, type Fields, fieldsOf, valuesOf } from '../newProject/parameterForm';
import type { Template } from '../templates/template';
import { named, useTemplates } from '../templates/useTemplates';
import { givenOf } from './given';

interface RetryDialogProps {
  readonly project: Project;
  /** The attempt that failed. */
  readonly run: ProvisioningRun;
  readonly onClose: () => void;
}

const TEMPLATE = 'templateId';

/** Another attempt with other values, or from another template. */
export function RetryDialog({ project, run, onClose }: RetryDialogProps) {
  const published = useTemplates().templates.filter(({ isDeprecated }) => !isDeprecated);
  const [slug, setSlug] = useState(() => named(published, run.templateId)?.slug ?? '');
  const [typed, setTyped] = useState<Readonly<Record<string, Fields>>>({});
  const template = named(published, slug);
  const parameters = template?.parameters ?? [];
  const fields = typed[slug] ?? fieldsOf(parameters, givenOf(run.parameters));
  const { startProvisioning } = useCommands();
  const done = useAccepted('start-provisioning', onClose);
  const command = useCommand((data: StartProvisioning, sending) =>
    startProvisioning(project.id, data, sending),
  );

  async function submit(): Promise<void> {
    const values = valuesOf(parameters, fields);
    const accepted = await command.submit({ templateId: slug, templateParameters: { ...values } });
    if (accepted) done(project.name, accepted);
  }

  return (
    <Dialog title="Try again with other parameters" onClose={onClose}>
      <CommandForm
        command={command}
        onSubmit={submit}
        mistakes={template ? checkFields(parameters, fields) : NO_TEMPLATE}
        fields={[TEMPLATE, ...parameters.map(fieldOf)]}
        action="Try again"
        doing="Starting…"
      >
        {(errors) => (
          <>
            <TemplateChoice
              templates={published}
              slug={slug}
              error={errors.get(TEMPLATE)}
              onChange={setSlug}
            />
            <ParameterFields
              parameters={parameters}
              fields={fields}
              errors={errors}
              onChange={(changed) => setTyped({ ...typed, [slug]: changed })}
            />
          </>
        )}
      </CommandForm>
    </Dialog>
  );
}

const NO_TEMPLATE = new Map([[TEMPLATE, 'Choose a template.']]);

interface TemplateChoiceProps {
  readonly templates: readonly Template[];
  readonly slug: string;
  readonly error: string | undefined;
  readonly onChange: (slug: string) => void;
}

function TemplateChoice({ templates, slug, error, onChange }: TemplateChoiceProps) {
  return (
    <SelectField
      label="Template"
      descriptiveText="Its newest revision is taken."
      value={slug}
      onChange={(event) => onChange(event.target.value)}
      hasError={error !== undefined}
      errorMessage={error}
    >
      <option value="">Choose…</option>
      {templates.map((template) => (
        <option key={template.id} value={template.slug}>
          {template.name}
        </option>
      ))}
    </SelectField>
  );
}
