import { Button } from '@aws-amplify/ui-react';
import { Plus, X } from 'lucide-react';
import { ADD, ENTRIES, REMOVE, removeEntry } from '../../ui/removeEntry';
import { MAX_SERVICES } from '../limits';
import { serviceAt } from '../projects/draft';
import { emptyDraft, type ServiceDraft } from '../services/draft';
import { ServiceFields } from '../services/ServiceFields';

interface ServiceEntriesProps {
  readonly services: readonly ServiceDraft[];
  readonly errors: ReadonlyMap<string, string>;
  readonly onChange: (services: readonly ServiceDraft[]) => void;
}

/** The services that a project without a template begins with. */
export function ServiceEntries({ services, errors, onChange }: ServiceEntriesProps) {
  const replace = (index: number, changed: ServiceDraft): void =>
    onChange(services.map((service, at) => (at === index ? changed : service)));
  return (
    <div className="stack tight" {...ENTRIES}>
      {services.map((service, index) => (
        <fieldset key={index} className="service-entry">
          <legend>Service {index + 1}</legend>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove service ${index + 1}`}
            {...REMOVE}
            onClick={(event) =>
              removeEntry(event, () => onChange(services.filter((_, at) => at !== index)))
            }
          >
            <X />
          </button>
          <ServiceFields
            draft={service}
            onChange={(changed) => replace(index, changed)}
            errors={errors}
            at={serviceAt(index)}
            autoFocus={service === emptyDraft}
          />
        </fieldset>
      ))}
      {services.length < MAX_SERVICES && (
        <Button
          type="button"
          variation="link"
          size="small"
          className="add-entry"
          {...ADD}
          onClick={() => onChange([...services, emptyDraft])}
        >
          <Plus /> Add a service to start with
        </Button>
      )}
    </div>
  );
}
