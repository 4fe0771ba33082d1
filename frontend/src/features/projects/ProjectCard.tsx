import { Boxes } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Project } from '../../api/readModels';
import { CopyId } from '../../ui/CopyId';
import { changedClass, useChanged } from '../../ui/useChanged';
import { PendingNote } from '../commands/PendingNote';
import type { Pending } from '../commands/pending';
import { LastDeployment } from '../deployments/LastDeployment';
import { Owner } from './Owner';
import { ProjectState } from './ProjectState';
import { TemplateName } from './TemplateName';

export interface ListedProjectProps {
  readonly project: Project;
  readonly pending: readonly Pending[];
  /** For those who read everybody's projects. */
  readonly isForeign: boolean;
  readonly menu: ReactNode;
}

export function ProjectCard({ project, pending, isForeign, menu }: ListedProjectProps) {
  const mark = changedClass(useChanged(project.version));
  const { id, name, description, serviceCount } = project;
  return (
    <li className={`card project-card${mark}`} data-project-id={id}>
      <div className="card-head">
        <h2>
          <Link to={`/projects/${id}`} className="cover">
            {name}
          </Link>
        </h2>
        <CopyId id={id} of={name} />
        <ProjectState project={project} />
        <span className="over">{menu}</span>
      </div>
      <p className="soft clamp">{description || 'No description'}</p>
      {pending.map((each) => (
        <PendingNote key={each.commandId} pending={each} />
      ))}
      <div className="foot">
        <TemplateName project={project} />
        <span>
          <Boxes /> {servicesOf(serviceCount)}
        </span>
        <LastDeployment project={project} />
        {isForeign && <Owner project={project} />}
      </div>
    </li>
  );
}

const servicesOf = (count: number): string => `${count} ${count === 1 ? 'service' : 'services'}`;
