import { Button, SelectField } from '@aws-amplify/ui-react';
import { LayoutGrid, List, ListFilter } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../rows/useReadModels';
import { visible } from '../../rows/rows';
import { FindField } from '../../ui/FindField';
import { Segments } from '../../ui/Segments';
import { DEPLOYMENT_STATUS } from '../deployments/status';
import { readsAll } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { isFiltered, type Listing, type View } from './listing';
import { FILTERED_STATES, stateWord } from './state';
import { MOST_CHARACTERS } from './words';

interface ListFiltersProps {
  readonly listing: Listing;
  readonly view: View;
  readonly onChange: (change: Partial<Listing>) => void;
}

const STATUSES = [
  { value: 'ACTIVE', label: 'Active' },
  { value: 'ARCHIVED', label: 'Archived' },
] as const;

/** ms; who types faster than this is not done yet. */
const TYPING = 300;

const VIEWS = [
  { value: 'cards', label: 'Cards', icon: <LayoutGrid /> },
  { value: 'table', label: 'Table', icon: <List /> },
] as const;

export function ListFilters({ listing, view, onChange }: ListFiltersProps) {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="filters" role="group" aria-label="Which projects are shown">
      <Segments
        label="Status"
        value={listing.status}
        options={STATUSES}
        onChange={(status) => onChange({ status })}
      />
      <FindField
        label="Search projects"
        placeholder="Name or description"
        words={listing.words}
        delay={TYPING}
        maxLength={MOST_CHARACTERS}
        onChange={(words) => onChange({ words })}
      />
      <Button className="phone-only" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ListFilter /> Filter {isFiltered(listing) && <span className="count">on</span>}
      </Button>
      <div className={`more-filters ${isOpen ? 'open' : ''}`}>
        {readsAll(session) && (
          <SelectField
            label="Owner"
            labelHidden
            value={listing.isMine ? 'me' : ''}
            onChange={(event) => onChange({ isMine: event.target.value === 'me' })}
          >
            <option value="">Everybody’s</option>
            <option value="me">Mine</option>
          </SelectField>
        )}
        <SelectField
          label="State"
          labelHidden
          value={listing.state ?? ''}
          onChange={(event) =>
            onChange({ state: (event.target.value || undefined) as Listing['state'] })
          }
        >
          <option value="">Any state</option>
          {FILTERED_STATES.map((state) => (
            <option key={state} value={state}>
              {stateWord(state)}
            </option>
          ))}
        </SelectField>
        <TemplateFilter template={listing.template} onChange={onChange} />
        <SelectField
          label="Last deployment"
          labelHidden
          value={listing.deployment ?? ''}
          onChange={(event) =>
            onChange({ deployment: (event.target.value || undefined) as Listing['deployment'] })
          }
        >
          <option value="">Any deployment</option>
          {Object.entries(DEPLOYMENT_STATUS).map(([status, { word }]) => (
            <option key={status} value={status}>
              {word}
            </option>
          ))}
        </SelectField>
      </div>
      <Segments
        label="View"
        value={view}
        options={VIEWS}
        hasIconsOnly
        className="push"
        onChange={(chosen) => onChange({ view: chosen, page: listing.page })}
      />
    </div>
  );
}

interface TemplateFilterProps extends Pick<ListFiltersProps, 'onChange'> {
  readonly template: string | undefined;
}

/** Of the templates that the projects known here are made from. */
function TemplateFilter({ template, onChange }: TemplateFilterProps) {
  const used = visible(useRows('Project')).map(({ templateName }) => templateName);
  const names = [...new Set([template, ...used])].filter((name) => typeof name === 'string');
  return (
    <SelectField
      label="Template"
      labelHidden
      value={template ?? ''}
      onChange={(event) => onChange({ template: event.target.value || undefined })}
    >
      <option value="">Any template</option>
      {names.sort().map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
