import type { ProjectAnalytics } from '../../../src/api/readModels';

/** What happened to the project p1 on a day. */
export const dayRow = (day: string, more: Partial<ProjectAnalytics> = {}): ProjectAnalytics => ({
  id: `p1-${day}`,
  projectId: 'p1',
  day,
  deployments: 0,
  succeeded: 0,
  failed: 0,
  totalEvents: 1,
  userId: 'u1',
  owner: 'u1',
  version: 1,
  projectionVersion: 1,
  createdAt: `${day}T10:00:00.000Z`,
  updatedAt: `${day}T10:00:00.000Z`,
  ...more,
});
