import { type ClientSchema, a } from '@aws-amplify/data-schema';

/**
 * The read models. Projectors alone write them, by IAM; people only read:
 * `allow.owner()` without `.to(['read'])` would let a browser write past every command.
 *
 * On every model:
 * - `version` is the sequence of the last event the row shows,
 *   `projectionVersion` the code that folded it; both guard each write.
 * - `createdAt` and `updatedAt` are declared, so that they carry the time of the events.
 *   AppSync would fill in its own clock, and a rebuild would differ from the live row.
 *
 * Relations are optional and never selected by a mutation: AppSync redacts them there.
 */
export const schema = a.schema({
  Project: a
    .model({
      id: a.id().required(),
      name: a.string().required(),
      description: a.string(),
      status: a.ref('ProjectStatus').required(),
      userId: a.id().required(),
      owner: a.string(),
      /** The owner's, until that person is forgotten. */
      userName: a.string(),
      userEmail: a.string(),
      templateId: a.id(),
      templateName: a.string(),
      templateRevision: a.integer(),
      runtime: a.string(),
      region: a.string(),
      features: a.string().required().array(),
      environment: a.json(),
      repositoryUrl: a.string(),
      provisioning: a.ref('ProvisioningStatus').required(),
      /** The newest attempt; 0 before the first. */
      provisioningAttempt: a.integer().required(),
      repositoryProvider: a.ref('RepositoryProvider'),
      /** Of an archive: how many files, how many bytes, and the digest in hexadecimal digits. */
      repositoryFiles: a.integer(),
      repositoryBytes: a.integer(),
      repositorySha256: a.string(),
      deploymentCount: a.integer().required(),
      deploymentsSucceeded: a.integer().required(),
      deploymentsFailed: a.integer().required(),
      /** Of the deployments that have ended; null before the first has. */
      successRate: a.float(),
      lastDeployedAt: a.datetime(),
      /** Of the deployment that began or ended last. */
      lastDeploymentStatus: a.ref('DeploymentStatus'),
      lastDeploymentEnvironment: a.string(),
      totalEvents: a.integer().required(),
      serviceCount: a.integer().required(),
      services: a.hasMany('Service', 'projectId'),
      deployments: a.hasMany('Deployment', 'projectId'),
      analyses: a.hasMany('Analysis', 'projectId'),
      provisioningRuns: a.hasMany('ProvisioningRun', 'projectId'),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('userId').sortKeys(['createdAt']).queryField('projectsByUser'),
      index('status').sortKeys(['createdAt']).queryField('projectsByStatus'),
    ])
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  ProjectStatus: a.enum(['ACTIVE', 'ARCHIVED', 'DELETED']),

  RepositoryProvider: a.enum(['GITHUB', 'GITLAB', 'ARCHIVE']),

  Service: a
    .model({
      id: a.id().required(),
      projectId: a.id().required(),
      name: a.string().required(),
      type: a.ref('ServiceType').required(),
      configuration: a.json(),
      status: a.ref('ServiceStatus').required(),
      userId: a.id().required(),
      owner: a.string(),
      project: a.belongsTo('Project', 'projectId'),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('projectId').sortKeys(['createdAt']).queryField('servicesByProject'),
    ])
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  ServiceType: a.enum(['API', 'FRONTEND', 'WORKER']),

  ServiceStatus: a.enum(['ACTIVE', 'DELETED']),

  /** How far the Service projection has read a project's stream; `id` is the project's. */
  ServiceCheckpoint: a
    .model({
      id: a.id().required(),
      serviceIds: a.id().required().array().required(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .authorization((allow) => [allow.group('Admin').to(['read'])]),

  /** `id` is made of the project's id and `deploymentId`, which a client may choose. */
  Deployment: a
    .model({
      id: a.id().required(),
      projectId: a.id().required(),
      deploymentId: a.id().required(),
      environment: a.string().required(),
      revision: a.string(),
      status: a.ref('DeploymentStatus').required(),
      url: a.string(),
      reason: a.string(),
      startedAt: a.datetime().required(),
      endedAt: a.datetime(),
      userId: a.id().required(),
      owner: a.string(),
      project: a.belongsTo('Project', 'projectId'),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('projectId').sortKeys(['createdAt']).queryField('deploymentsByProject'),
    ])
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  DeploymentStatus: a.enum(['RUNNING', 'SUCCEEDED', 'FAILED']),

  /** An attempt to provision a project; `id` is made of the project's id and the attempt. */
  ProvisioningRun: a
    .model({
      id: a.id().required(),
      projectId: a.id().required(),
      attempt: a.integer().required(),
      status: a.ref('ProvisioningStatus').required(),
      /** The template that was wished for, by slug or id, and the values given for it. */
      templateId: a.id(),
      parameters: a.json(),
      analysisId: a.id(),
      /** Why it was abandoned or has failed, and at which step. */
      reason: a.string(),
      failedStep: a.string(),
      /**
       * In their order: `{step, status, startedAt, endedAt, undoneAt, detail, deadline}`. A status
       * is WAITING, RUNNING, DONE, UNDOING, UNDONE or FAILED; what is not known is null.
       */
      steps: a.json().required(),
      startedAt: a.datetime().required(),
      endedAt: a.datetime(),
      userId: a.id().required(),
      owner: a.string(),
      project: a.belongsTo('Project', 'projectId'),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('projectId').sortKeys(['attempt']).queryField('provisioningRunsByProject'),
    ])
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  ProvisioningStatus: a.enum(['NONE', 'RUNNING', 'ABANDONED', 'COMPLETED', 'FAILED']),

  Analysis: a
    .model({
      id: a.id().required(),
      projectId: a.id().required(),
      kind: a.string().required(),
      question: a.string(),
      status: a.ref('AnalysisStatus').required(),
      summary: a.string(),
      /** `[{kind, severity, title, detail, feature}]` */
      findings: a.json(),
      analyst: a.string(),
      /** `{currency, total, lines: [{service, what, amount}]}` */
      monthlyCost: a.json(),
      notJudged: a.string().required().array(),
      reason: a.string(),
      userId: a.id().required(),
      owner: a.string(),
      project: a.belongsTo('Project', 'projectId'),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('projectId').sortKeys(['createdAt']).queryField('analysesByProject'),
    ])
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  /** A template as it was last published; everybody who is signed in reads it. */
  Template: a
    .model({
      id: a.id().required(),
      slug: a.string().required(),
      name: a.string().required(),
      description: a.string(),
      revision: a.integer().required(),
      status: a.ref('TemplateStatus').required(),
      /** Why it is deprecated. */
      reason: a.string(),
      paths: a.string().required().array().required(),
      /** `[{name, type, label, description, required, default, …}]` */
      parameters: a.json().required(),
      /** `[{serviceName, serviceType, configuration}]`, and `{runtime, features, environment}` */
      services: a.json().required(),
      settings: a.json().required(),
      publishedAt: a.datetime().required(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('status').sortKeys(['createdAt']).queryField('templatesByStatus'),
    ])
    .authorization((allow) => [allow.authenticated().to(['read'])]),

  /** A template as it is being written; `revision` is the last published, 0 before the first. */
  TemplateDraft: a
    .model({
      id: a.id().required(),
      slug: a.string().required(),
      name: a.string().required(),
      description: a.string(),
      revision: a.integer().required(),
      /** Whether it is to be published: it differs from what is. */
      differs: a.boolean().required(),
      /** The digest of what was published last. */
      publishedDigest: a.string(),
      status: a.ref('TemplateStatus').required(),
      reason: a.string(),
      /** `[{path, content}]` */
      files: a.json().required(),
      parameters: a.json().required(),
      services: a.json().required(),
      settings: a.json().required(),
      userId: a.id().required(),
      owner: a.string(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('status').sortKeys(['createdAt']).queryField('templateDraftsByStatus'),
    ])
    .authorization((allow) => [allow.group('Admin').to(['read'])]),

  TemplateStatus: a.enum(['DRAFT', 'PUBLISHED', 'DEPRECATED']),

  AnalysisStatus: a.enum(['REQUESTED', 'COMPLETED', 'FAILED', 'CANCELLED']),

  Metric: a
    .model({
      id: a.id().required(),
      name: a.string().required(),
      value: a.float().required(),
      unit: a.string().required(),
      tags: a.json(),
      timestamp: a.datetime().required(),
      source: a.string().required(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('name').sortKeys(['timestamp']).queryField('listMetricsByName'),
      index('source').sortKeys(['timestamp']).queryField('listMetricsBySource'),
    ])
    .authorization((allow) => [allow.group('Admin').to(['read'])]),
});

/**
 * Lists without an index read the whole table, whoever asks. These are for operators, by IAM:
 * `skafu verify` compares every row. People have `servicesByProject`, and `get`.
 */
export const operatorLists = [
  'listServices',
  'listServiceCheckpoints',
  'listDeployments',
  'listProvisioningRuns',
  'listAnalyses',
  'listTemplates',
  'listTemplateDrafts',
  'listMetrics',
];

export type Schema = ClientSchema<typeof schema>;
