import { Panel } from '../../ui/Panel';
import { plain, plainLines } from '../../ui/plain';
import { type File, filesIn, filesUsing } from './editorDraft';
import { allowed, type Parameter, shownValue, TYPE_WORDS } from './parameters';

interface ParametersTableProps {
  readonly parameters: readonly Parameter[];
  /** Where they are known: they tell which parameter is used in how many. */
  readonly files?: readonly File[] | undefined;
}

/** What whoever chooses the template is asked. */
export function ParametersTable({ parameters, files }: ParametersTableProps) {
  return (
    <Panel title={<Counted title="Parameters" count={parameters.length} />}>
      {parameters.length === 0 ? (
        <p className="body soft">This template asks for nothing but the project’s own facts.</p>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Parameters, as a table">
          <table>
            <caption className="hidden">Parameters</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Type</th>
                <th scope="col">Default</th>
                <th scope="col">Allowed</th>
                {files && (
                  <th scope="col" className="num">
                    Used in
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {parameters.map((parameter) => (
                <Row key={parameter.name} parameter={parameter} files={files} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

interface RowProps {
  readonly parameter: Parameter;
  readonly files: readonly File[] | undefined;
}

function Row({ parameter, files }: RowProps) {
  const { name, label, type, required, default: preset } = parameter;
  return (
    <tr>
      <td>
        <code>{plain(name)}</code>
        <span className="sub">{plain(label)}</span>
      </td>
      <td>{TYPE_WORDS[type]}</td>
      <td>
        {required && preset === undefined ? (
          'required'
        ) : (
          <code>{plainLines(shownValue(preset))}</code>
        )}
      </td>
      <td className="soft">{allowed(parameter)}</td>
      {files && <td className="num soft nowrap">{filesIn(filesUsing(name, files))}</td>}
    </tr>
  );
}

export function Counted({ title, count }: { title: string; count: number }) {
  return (
    <>
      {title} <span className="count">{count}</span>
    </>
  );
}
