import type { Project } from '../../api/readModels';

export type Shown = 'ACTIVE' | 'ARCHIVED';

export function newestFirst(projects: readonly Project[], shown: Shown): Project[] {
  return projects
    .filter(({ status }) => status === shown)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
}

export function countOf(projects: readonly Project[], shown: Shown): number {
  return projects.filter(({ status }) => status === shown).length;
}
