/** Rows of the read models, and the mutations that a projector sends: every scalar field selected. */
import { randomUUID } from 'node:crypto';

import type { Caller, Reply } from './clients';
import type { Tokens } from './people';

export const PROJECT = [
  'id name description status shelf userId owner userName userEmail templateId templateName templateRevision runtime region',
  'features environment repositoryUrl provisioning provisioningAttempt',
  'repositoryProvider repositoryFiles repositoryBytes repositorySha256',
  'deploymentCount deploymentsSucceeded deploymentsFailed',
  'successRate lastDeployedAt lastDeploymentStatus lastDeploymentEnvironment totalEvents',
  'serviceCount version projectionVersion createdAt updatedAt',
].join(' ');
export const SERVICE =
  'id projectId name type configuration status userId owner version projectionVersion createdAt updatedAt';
export const CHECKPOINT = 'id serviceIds version projectionVersion createdAt updatedAt';
export const METRIC =
  'id name value unit tags timestamp source expires version projectionVersion createdAt updatedAt';

export const ANALYTICS =
  'id projectId day deployments succeeded failed totalEvents userId owner version projectionVersion createdAt updatedAt';

export const SELECTIONS: Record<string, string> = {
  Project: PROJECT,
  Service: SERVICE,
  ServiceCheckpoint: CHECKPOINT,
  Metric: METRIC,
  ProjectAnalytics: ANALYTICS,
};

const AT = '2026-11-21T05:00:00.000Z';
const GATE = { version: 1, projectionVersion: 1, createdAt: AT, updatedAt: AT };

const NOTHING_YET = {
  userName: null,
  userEmail: null,
  templateId: null,
  templateName: null,
  templateRevision: null,
  runtime: null,
  region: null,
  features: null,
  environment: null,
  repositoryUrl: null,
  repositoryProvider: null,
  repositoryFiles: null,
  repositoryBytes: null,
  repositorySha256: null,
  successRate: null,
  lastDeployedAt: null,
  lastDeploymentStatus: null,
  lastDeploymentEnvironment: null,
};

type Row = Record<string, unknown>;

export function project(owner: Tokens, changes: Row = {}): Row {
  const status = typeof changes.status === 'string' ? changes.status : 'ACTIVE';
  return {
    id: randomUUID(),
    name: 'Rocket',
    description: 'to the moon',
    status: 'ACTIVE',
    shelf: `${status}#0`,
    userId: owner.claims.sub,
    owner: owner.owner,
    serviceCount: 0,
    provisioning: 'NONE',
    provisioningAttempt: 0,
    deploymentCount: 0,
    deploymentsSucceeded: 0,
    deploymentsFailed: 0,
    ...NOTHING_YET,
    totalEvents: 1,
    ...GATE,
    ...changes,
  };
}

/** What happened on one day to a project. */
export function analytics(owner: Tokens, projectId: unknown, day: string, changes: Row = {}): Row {
  return {
    id: randomUUID(),
    projectId,
    day,
    deployments: 0,
    succeeded: 0,
    failed: 0,
    totalEvents: 1,
    userId: owner.claims.sub,
    owner: owner.owner,
    ...GATE,
    ...changes,
  };
}

export function service(owner: Tokens, projectId: unknown, changes: Row = {}): Row {
  return {
    id: randomUUID(),
    projectId,
    name: 'engine',
    type: 'API',
    configuration: JSON.stringify({ memory: 512 }),
    status: 'ACTIVE',
    userId: owner.claims.sub,
    owner: owner.owner,
    ...GATE,
    ...changes,
  };
}

export function checkpoint(changes: Row = {}): Row {
  return { id: randomUUID(), serviceIds: ['s1', 's2'], ...GATE, ...changes };
}

export function metric(changes: Row = {}): Row {
  return {
    id: randomUUID(),
    name: 'latency',
    value: 1.5,
    unit: 'ms',
    tags: '{"route":"/projects"}',
    timestamp: AT,
    source: 'command-api',
    expires: 4_000_000_000,
    ...GATE,
    ...changes,
  };
}

type Operation = 'create' | 'update' | 'delete';

export function mutation(
  operation: Operation,
  model: string,
  selection = SELECTIONS[model],
): string {
  const kind = `${operation[0]?.toUpperCase()}${operation.slice(1)}`;
  return `mutation M($input: ${kind}${model}Input!, $condition: Model${model}ConditionInput) {
    ${operation}${model}(input: $input, condition: $condition) { ${selection} }
  }`;
}

export function create(caller: Caller, model: string, input: Row): Promise<Reply> {
  return caller.call(mutation('create', model), { input });
}

/** The projector's compare-and-set. */
export function update(caller: Caller, model: string, input: Row, expected: Row): Promise<Reply> {
  const condition = Object.fromEntries(
    Object.entries(expected).map(([field, value]) => [field, { eq: value }]),
  );
  return caller.call(mutation('update', model), { input, condition });
}

export async function stored(caller: Caller, model: string, input: Row): Promise<Row> {
  const { data, errors } = await create(caller, model, input);
  if (errors.length > 0) {
    throw new Error(JSON.stringify(errors));
  }
  return (data as Record<string, Row> | null)?.[`create${model}`] ?? {};
}
