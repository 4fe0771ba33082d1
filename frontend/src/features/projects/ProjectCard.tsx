import { Link } from 'react-router';
import type { Project } from '../../api/readModels';
import { ClockIcon, LayersIcon } from '../../ui/icons';
import { CopyId } from '../../ui/CopyId';
import { RelativeTime } from '../../ui/RelativeTime';
import { changedClass, useChanged } from '../../ui/useChanged';
import type { Pending } from '../commands/pending';
import { PendingNote } from '../commands/PendingNote';

interface ProjectCardProps {
  readonly project: Project;
  readonly pending: readonly Pending[];
  /** For those who read everybody's projects. */
  readonly isForeign: boolean;
}

export function ProjectCard({ project, pending, isForeign }: ProjectCardProps) {
  const { id, name, description, serviceCount, updatedAt, userId } = project;
  const mark = changedClass(useChanged(project.version));
  return (
    <li className={`card project-card${mark}`} data-project-id={id}>
      <h3>
        <Link to={`/projects/${id}`}>{name}</Link>
      </h3>
      <p className="description">{description || <span className="muted">No description</span>}</p>
      {pending.map((each) => (
        <PendingNote key={each.commandId} pending={each} />
      ))}
      <footer className="card-footer">
        <span>
          <LayersIcon /> {serviceCount === 1 ? '1 service' : `${serviceCount} services`}
        </span>
        <span>
          <ClockIcon /> <RelativeTime at={updatedAt} />
        </span>
        <CopyId id={id} of={name} />
        {isForeign && (
          <span className="tag">
            Owner <CopyId id={userId} of={`the owner of ${name}`} />
          </span>
        )}
      </footer>
    </li>
  );
}
