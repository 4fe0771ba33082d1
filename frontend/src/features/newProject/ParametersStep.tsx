import { Alert, Button } from '@aws-amplify/ui-react';
import { ArrowRight } from 'lucide-react';
import { type SyntheticEvent, useEffect, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { LinkButton } from '../../ui/LinkButton';
import type { ProjectDraft } from '../projects/draft';
import { DescriptionField, NameField } from '../projects/ProjectFields';
import { named } from '../templates/useTemplates';
import { ChosenTemplate } from './ChosenTemplate';
import { chosenOf } from './chosen';
import { RegionField, RuntimeFields } from './ConfigurationFields';
import { useNewProject } from './context';
import {
  checkNewProject,
  type Chosen,
  fieldsFor,
  type NewProject,
  WITHOUT_TEMPLATE,
  withFields,
} from './draft';
import { NameInUse } from './NameInUse';
import { NoSuchTemplate } from './NoSuchTemplate';
import { ParameterFields } from './ParameterFields';
import { ServiceEntries } from './ServiceEntries';

type Errors = ReadonlyMap<string, string>;

/** The second page of a new project: its facts, and what its template asks for. */
export function ParametersStep() {
  const { slug = '' } = useParams();
  const { templates } = useNewProject();
  const template = named(templates.templates, slug);
  if (slug === WITHOUT_TEMPLATE) return <Parameters key={slug} slug={slug} chosen={undefined} />;
  if (!template || template.isDeprecated)
    return <NoSuchTemplate templates={templates} template={template} />;
  return (
    <div className="two">
      <Parameters key={slug} slug={slug} chosen={chosenOf(template)} />
      <ChosenTemplate template={template} />
    </div>
  );
}

interface ParametersProps {
  readonly slug: string;
  readonly chosen: Chosen | undefined;
}

function Parameters({ slug, chosen }: ParametersProps) {
  const { draft, onChange, faults } = useNewProject();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  // Nobody is told of a mistake before having tried to go on, here or at the end.
  const [tries, setTries] = useState(faults ? 1 : 0);
  const [tried, setTried] = useState(faults ? draft.services.length : 0);
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>(WRONG)?.focus();
  }, [tries]);
  const mistakes = checkNewProject(draft, chosen);
  const errors: Errors = new Map([
    ...(faults?.byField ?? []),
    ...[...mistakes].filter(([field]) => tries > 0 && !isUntried(field, tried)),
  ]);

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    setTries(tries + 1);
    setTried(draft.services.length);
    if (mistakes.size === 0) void navigate(`/projects/new/${slug}/review`);
  }

  return (
    <form ref={form} className="panel" noValidate onSubmit={submit}>
      <div className="body stack">
        {errors.size > 0 && <Mistakes count={errors.size} />}
        <Fields draft={draft} chosen={chosen} errors={errors} onChange={onChange} />
      </div>
      <footer className="sticky-foot end">
        <LinkButton to="/projects/new">Back</LinkButton>
        <Button type="submit" variation="primary">
          <ArrowRight /> Review
        </Button>
      </footer>
    </form>
  );
}

/** Of a service that came into the form after the last try to go on. */
const isUntried = (field: string, tried: number): boolean =>
  Number(/^services\.(\d+)\./.exec(field)?.[1] ?? -1) >= tried;

const WRONG = '[aria-invalid="true"], [data-invalid] input';

function Mistakes({ count }: { count: number }) {
  const words = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];
  const number = words[count] ?? String(count);
  return (
    <Alert
      variation="error"
      role="alert"
      heading={count === 1 ? 'One field needs another look' : `${number} fields need another look`}
    >
      Nothing was recorded. {count === 1 ? 'It is' : 'They are'} marked below.
    </Alert>
  );
}

interface FieldsProps {
  readonly draft: NewProject;
  readonly chosen: Chosen | undefined;
  readonly errors: Errors;
  readonly onChange: (draft: NewProject) => void;
}

function Fields({ draft, chosen, errors, onChange }: FieldsProps) {
  const changeFacts = (changed: ProjectDraft): void => onChange({ ...draft, ...changed });
  return (
    <>
      <div className="fields">
        <div>
          <NameField draft={draft} onChange={changeFacts} errors={errors} />
          <NameInUse name={draft.name} />
        </div>
        <RegionField draft={draft} chosen={chosen} errors={errors} onChange={onChange} />
        <div className="full">
          <DescriptionField draft={draft} onChange={changeFacts} errors={errors} />
        </div>
        <RuntimeFields draft={draft} chosen={chosen} errors={errors} onChange={onChange} />
      </div>
      {chosen && chosen.parameters.length > 0 && (
        <>
          <hr />
          <div>
            <h2>Parameters of the template</h2>
            <p className="soft">They are written into the code.</p>
          </div>
          <ParameterFields
            parameters={chosen.parameters}
            fields={fieldsFor(draft, chosen)}
            errors={errors}
            onChange={(fields) => onChange(withFields(draft, chosen.slug, fields))}
          />
        </>
      )}
      {!chosen && (
        <ServiceEntries
          services={draft.services}
          errors={errors}
          onChange={(services) => onChange({ ...draft, services })}
        />
      )}
    </>
  );
}
