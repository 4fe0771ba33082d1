import type { Project } from '../../api/readModels';

type Repository = Pick<Project, 'name' | 'repositoryUrl' | 'repositoryProvider'>;

/** Whether the code is in an archive of ours, or where somebody else keeps it. */
export const isArchive = ({
  repositoryProvider,
}: Pick<Repository, 'repositoryProvider'>): boolean => repositoryProvider === 'ARCHIVE';

/** The name that the archive will be saved under. */
export function fileNameOf({ name }: Pick<Repository, 'name'>): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${slug || 'project'}.zip`;
}

export const PROVIDERS: Readonly<Record<string, string>> = {
  GITHUB: 'GitHub',
  GITLAB: 'GitLab',
  ARCHIVE: 'Archive',
};
