import type { Project } from '../../api/readModels';

type Repository = Pick<Project, 'name' | 'repositoryUrl' | 'repositoryProvider'>;

/** Whether the code is in an archive of ours, or where somebody else keeps it. */
export const isArchive = ({
  repositoryProvider,
}: Pick<Repository, 'repositoryProvider'>): boolean => repositoryProvider === 'ARCHIVE';

/** The name that the archive will be saved under, as src/projections/projects.py makes it. */
export function fileNameOf({ name }: Pick<Repository, 'name'>): string {
  const plain = name.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${plain || 'project'}.zip`;
}

export const PROVIDERS: Readonly<Record<string, string>> = {
  GITHUB: 'GitHub',
  GITLAB: 'GitLab',
  ARCHIVE: 'Archive',
};
