import { Link } from 'react-router';
import { FileTree } from '../../ui/FileTree';
import { Panel } from '../../ui/Panel';
import { Counted } from '../templates/ParametersTable';
import type { Template } from '../templates/template';
import { TemplateServices, TemplateTile } from '../templates/TemplateCard';

/** Beside the form: what the project is made from. */
export function ChosenTemplate({ template }: { template: Template }) {
  const { name, revision, services, paths } = template;
  return (
    <aside className="stack tight" aria-label="The template">
      <Panel
        title={
          <span className="with">
            <TemplateTile template={template} size="small" /> {name}
          </span>
        }
        aside={
          <Link className="sm" to="/projects/new">
            Change<span className="hidden"> the template</span>
          </Link>
        }
      >
        <div className="body">
          <dl className="facts narrow">
            <dt>Revision</dt>
            <dd>{revision}, fixed when you create</dd>
            <dt>Services</dt>
            <dd>
              <TemplateServices services={services} />
            </dd>
          </dl>
        </div>
      </Panel>
      <Panel
        title={<Counted title="Files" count={paths.length} />}
        className="wide-only side-files"
      >
        <FileTree label="Files" paths={paths} selected={undefined} onSelect={() => undefined} />
      </Panel>
    </aside>
  );
}
