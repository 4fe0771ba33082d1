import { Alert } from '@aws-amplify/ui-react';
import type { Fault } from './editorDraft';

interface FaultsProps {
  readonly faults: readonly Fault[];
  readonly onOpen: (path: string) => void;
}

/** What keeps a draft from being saved, each with the way to its place. */
export function Faults({ faults, onOpen }: FaultsProps) {
  if (faults.length === 0) return null;
  const things = faults.length === 1 ? '1 thing keeps' : `${faults.length} things keep`;
  return (
    <Alert variation="error" role="alert" heading={`${things} this from being saved`}>
      <ul className="faults">
        {faults.map((fault) => (
          <li key={`${fault.field} ${fault.path ?? ''} ${fault.message}`}>
            <FaultPlace fault={fault} onOpen={onOpen} />
            {fault.message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

const FIELDS: Readonly<Record<Fault['field'], string>> = {
  slug: 'Slug',
  name: 'Name',
  description: 'Description',
  files: 'Files',
  parameters: 'Parameters',
  services: 'Services',
  settings: 'Settings',
};

interface FaultPlaceProps extends Pick<FaultsProps, 'onOpen'> {
  readonly fault: Fault;
}

function FaultPlace({ fault: { field, path, line }, onOpen }: FaultPlaceProps) {
  if (path === undefined) return <strong>{FIELDS[field]}: </strong>;
  return (
    <>
      <button type="button" className="text-button" onClick={() => onOpen(path)}>
        <code>{path}</code>
        {line !== undefined && `, line ${line}`}
      </button>
      {': '}
    </>
  );
}

/** What is wrong with a field, for its own message. */
export const messageFor = (faults: readonly Fault[], field: Fault['field']): string | undefined =>
  faults.find((fault) => fault.field === field && fault.path === undefined)?.message;
