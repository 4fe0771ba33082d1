import type { Accepted, Commands } from '../../src/api/commands';
import type { Project, ReadModels, RowPage } from '../../src/api/readModels';
import type { Search } from '../../src/api/search';

export const nothing = <Row>(): Promise<RowPage<Row>> =>
  Promise.resolve({ rows: [], nextToken: null });

export const noHits: Search['projects'] = () =>
  Promise.resolve({ rows: [], unreadable: [], nextToken: null });

/** An API without rows, but for what a test says. */
export const fakeReadModels = (said: Partial<ReadModels> = {}): ReadModels => ({
  projects: nothing,
  failingOf: () => Promise.resolve([]),
  createdSince: () => Promise.resolve([]),
  project: () => Promise.resolve(null),
  servicesOf: () => Promise.resolve([]),
  service: () => Promise.resolve(null),
  deploymentsOf: nothing,
  analysesOf: nothing,
  provisioningRunsOf: () => Promise.resolve([]),
  summaryOf: () => Promise.resolve(null),
  daysOf: () => Promise.resolve([]),
  templates: () => Promise.resolve([]),
  templateDrafts: () => Promise.resolve([]),
  metricsSince: () => Promise.resolve([]),
  watch: () => () => undefined,
  ...said,
});

/** An API that gives one answer to every command. */
export const fakeCommands = (
  send: () => Promise<Accepted>,
  said: Partial<Commands> = {},
): Commands => ({
  createProject: send,
  changeProject: send,
  configureProject: send,
  requestAnalysis: send,
  addService: send,
  changeService: send,
  removeService: send,
  startProvisioning: send,
  draftTemplate: send,
  reviseTemplate: send,
  deprecateTemplate: send,
  archiveOf: () => Promise.reject(new Error('no archive')),
  send,
  ...said,
});

export const PROJECT: Project = {
  id: 'p1',
  name: 'Tortoise',
  description: 'Slow',
  status: 'ACTIVE',
  userId: 'u1',
  owner: 'u1',
  serviceCount: 0,
  deploymentCount: 0,
  deploymentsSucceeded: 0,
  deploymentsFailed: 0,
  totalEvents: 1,
  provisioning: 'NONE',
  provisioningAttempt: 0,
  version: 1,
  projectionVersion: 1,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
};
