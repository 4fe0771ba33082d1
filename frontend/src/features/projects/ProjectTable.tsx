import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { CopyId } from '../../ui/CopyId';
import { RelativeTime } from '../../ui/RelativeTime';
import { SortHeader } from '../../ui/SortHeader';
import { changedClass, useChanged } from '../../ui/useChanged';
import { PendingNote } from '../commands/PendingNote';
import { LastDeployment } from '../deployments/LastDeployment';
import { Owner } from './Owner';
import type { ListedProjectProps } from './ProjectCard';
import { ProjectState } from './ProjectState';
import { TemplateName } from './TemplateName';

interface ProjectTableProps {
  /** Undefined where the best come first. */
  readonly oldestFirst: boolean | undefined;
  readonly onSort: (oldestFirst: boolean) => void;
  /** Whose projects they are, where that may differ. */
  readonly hasOwners: boolean;
  readonly children: ReactNode;
}

export function ProjectTable({ oldestFirst, onSort, hasOwners, children }: ProjectTableProps) {
  return (
    <div className="scroll">
      <table className="list">
        <caption className="hidden">Projects</caption>
        <thead>
          <tr>
            <th scope="col">Project</th>
            <th scope="col">State</th>
            {hasOwners && <th scope="col">Owner</th>}
            <th scope="col">Template</th>
            <th scope="col" className="num">
              Services
            </th>
            <th scope="col">Last deployment</th>
            <th scope="col">Changed</th>
            {oldestFirst === undefined ? (
              <th scope="col">Created</th>
            ) : (
              <SortHeader
                label="Created"
                direction={oldestFirst ? 'ascending' : 'descending'}
                onSort={(direction) => onSort(direction === 'ascending')}
              />
            )}
            <th scope="col">
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface ProjectRowProps extends ListedProjectProps {
  readonly hasOwner: boolean;
}

export function ProjectRow({ project, pending, isForeign, hasOwner, menu }: ProjectRowProps) {
  const mark = changedClass(useChanged(project.version));
  const { id, name, description, serviceCount, createdAt, updatedAt } = project;
  return (
    <tr className={`project-row${mark}`} data-project-id={id}>
      <td className="first">
        <Link to={`/projects/${id}`} className="plain name">
          {name}
        </Link>{' '}
        <CopyId id={id} of={name} />
        <span className="sub">{description || 'No description'}</span>
        {pending.map((each) => (
          <PendingNote key={each.commandId} pending={each} />
        ))}
      </td>
      <td className="second">
        <ProjectState project={project} />
      </td>
      {hasOwner && <td className="rest">{isForeign ? <Owner project={project} /> : 'You'}</td>}
      <td className={`rest ${project.templateName ? '' : 'spare'}`}>
        <TemplateName project={project} />
      </td>
      <td className="num rest" data-l="Services">
        {serviceCount}
      </td>
      <td className="rest">
        <LastDeployment project={project} />
      </td>
      <td className="rest nowrap" data-l="Changed">
        <RelativeTime at={updatedAt} />
      </td>
      <td className="rest nowrap spare" data-l="Created">
        <RelativeTime at={createdAt} />
      </td>
      <td className="third">{menu}</td>
    </tr>
  );
}
