import { Boxes, FileCode, Layers, Terminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { SERVICE_TYPES } from '../services/serviceTypes';
import { filesIn } from './editorDraft';
import { kindsOf, type Template, type TemplateService } from './template';

interface TileProps {
  readonly template: Pick<Template, 'services'>;
  readonly size?: 'small';
}

/** The picture of a template: what it makes. */
export function TemplateTile({ template, size }: TileProps) {
  const [kind, ...others] = kindsOf(template);
  const { icon: Icon, tone } =
    kind && others.length === 0
      ? SERVICE_TYPES[kind]
      : { icon: kind ? Layers : FileCode, tone: kind ? '' : 'off' };
  return (
    <span className={`tile ${tone} ${size ?? ''}`} aria-hidden="true">
      <Icon />
    </span>
  );
}

interface TemplateCardProps {
  readonly template: Template;
  readonly to: string;
  /** Beside the name: what is special about it. */
  readonly badge?: ReactNode;
}

export function TemplateCard({ template, to, badge }: TemplateCardProps) {
  const { name, slug, description, reason, isDeprecated } = template;
  return (
    <li className="card template-card" data-slug={slug}>
      <div className="row">
        <TemplateTile template={template} />
        <div className="template-name">
          <h2>
            <Link className="cover" to={to}>
              {name}
            </Link>
          </h2>
          <code className="soft xs">{slug}</code>
        </div>
        {badge}
      </div>
      <p className="soft">{description || 'No description'}</p>
      {isDeprecated && reason && <p className="sm">Deprecated: {reason}</p>}
      <TemplateFoot template={template} />
    </li>
  );
}

function TemplateFoot({ template }: { template: Template }) {
  const { settings, paths, revision } = template;
  const kinds = kindsOf(template).map((kind) => SERVICE_TYPES[kind].label);
  return (
    <div className="foot">
      {kinds.length > 0 && (
        <span>
          <Boxes /> {kinds.join(' · ')}
        </span>
      )}
      {settings.runtime && (
        <span>
          <Terminal /> {settings.runtime}
        </span>
      )}
      <span>
        <FileCode /> {filesIn(paths.length)}
      </span>
      {revision > 0 && <span>Revision {revision}</span>}
    </div>
  );
}

/** The services that a project begins with, by the names that the template gives them. */
export function TemplateServices({ services }: { services: readonly TemplateService[] }) {
  if (services.length === 0) return <span className="soft">none</span>;
  return services.map(({ serviceName, serviceType }) => {
    const Icon = SERVICE_TYPES[serviceType].icon;
    return (
      <span key={serviceName} className="with line">
        <Icon /> {serviceName}
      </span>
    );
  });
}
