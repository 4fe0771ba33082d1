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
      /** `ACTIVE#0` to `ACTIVE#3`: everybody's projects of a status lie on four; what is deleted on none. */
      shelf: a.string(),
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
      analytics: a.hasMany('ProjectAnalytics', 'projectId'),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('userId').sortKeys(['createdAt']).queryField('projectsByUser'),
      index('shelf').sortKeys(['createdAt']).queryField('projectsByShelf'),
    ])
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  ProjectStatus: a.enum(['ACTIVE', 'ARCHIVED', 'DELETED']),

  /**
   * Projects under the names of the first document. No owner rule reaches a query that is not a
   * model's: whom each row is shown to is decided in `resolvers/`, by what `caller.js` finds out.
   */
  project: a
    .query()
    .arguments({ id: a.id().required() })
    .returns(a.ref('Project'))
    .authorization((allow) => [allow.authenticated()])
    .handler([
      a.handler.custom({ entry: './resolvers/caller.js' }),
      a.handler.custom({ dataSource: a.ref('Project'), entry: './resolvers/project.js' }),
    ]),

  projects: a
    .query()
    .arguments({ filter: a.ref('ProjectFilter'), limit: a.integer(), nextToken: a.string() })
    .returns(a.ref('ProjectConnection'))
    .authorization((allow) => [allow.authenticated()])
    .handler([
      a.handler.custom({ entry: './resolvers/caller.js' }),
      a.handler.custom({ dataSource: a.ref('Project'), entry: './resolvers/projects.js' }),
      // One function for each further shelf; what they find is merged in the stash.
      a.handler.custom({ dataSource: a.ref('Project'), entry: './resolvers/shelf.js' }),
      a.handler.custom({ dataSource: a.ref('Project'), entry: './resolvers/shelf.js' }),
      a.handler.custom({ dataSource: a.ref('Project'), entry: './resolvers/shelf.js' }),
      a.handler.custom({ dataSource: a.ref('Project'), entry: './resolvers/shelf.js' }),
    ]),

  ProjectFilter: a.customType({ status: a.ref('ProjectStatus'), userId: a.id() }),

  /** A row that the schema cannot show is null, with an error, and hides no other. */
  ProjectConnection: a.customType({
    items: a.ref('ProjectItem').array().required(),
    nextToken: a.string(),
  }),

  /** A Project without its relations, which a custom type cannot have. */
  ProjectItem: a.customType({
    id: a.id().required(),
    name: a.string().required(),
    description: a.string(),
    status: a.ref('ProjectStatus').required(),
    shelf: a.string(),
    userId: a.id().required(),
    owner: a.string(),
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
    provisioningAttempt: a.integer().required(),
    repositoryProvider: a.ref('RepositoryProvider'),
    repositoryFiles: a.integer(),
    repositoryBytes: a.integer(),
    repositorySha256: a.string(),
    deploymentCount: a.integer().required(),
    deploymentsSucceeded: a.integer().required(),
    deploymentsFailed: a.integer().required(),
    successRate: a.float(),
    lastDeployedAt: a.datetime(),
    lastDeploymentStatus: a.ref('DeploymentStatus'),
    lastDeploymentEnvironment: a.string(),
    totalEvents: a.integer().required(),
    serviceCount: a.integer().required(),
    version: a.integer().required(),
    createdAt: a.datetime().required(),
    updatedAt: a.datetime().required(),
  }),

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

  /**
   * How much an owner has, over all projects; `id` is the owner's. `version` counts the writes of
   * the first part, not events, and the times are those of what was counted.
   */
  OwnerSummary: a
    .model({
      id: a.id().required(),
      /** Projects by status; what is deleted is in no count. */
      active: a.integer().required(),
      archived: a.integer().required(),
      /** Of these projects. */
      services: a.integer().required(),
      deployments: a.integer().required(),
      userId: a.id().required(),
      owner: a.string(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  /** What at most 100 projects contribute, and the sums of the parts below, by their digits. */
  OwnerPart: a
    .model({
      id: a.id().required(),
      /** `{<project>: {version, figures}}` */
      contributions: a.json().required(),
      parts: a.json().required(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .authorization((allow) => [allow.group('Nobody').to(['read'])]),

  /** What a project contributes to each owner that it ever had; `id` is the project's. */
  OwnerShare: a
    .model({
      id: a.id().required(),
      /** `{<owner>: {version, owner, figures}}` */
      shares: a.json().required(),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .authorization((allow) => [allow.group('Nobody').to(['read'])]),

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

  /** What happened to a project on one day of UTC; `id` is made of the project's id and the day. */
  ProjectAnalytics: a
    .model({
      id: a.id().required(),
      projectId: a.id().required(),
      day: a.date().required(),
      /** Deployments that began on this day; those that ended on it may have begun before. */
      deployments: a.integer().required(),
      succeeded: a.integer().required(),
      failed: a.integer().required(),
      totalEvents: a.integer().required(),
      userId: a.id().required(),
      owner: a.string(),
      project: a.belongsTo('Project', 'projectId'),
      version: a.integer().required(),
      projectionVersion: a.integer().required(),
      createdAt: a.datetime().required(),
      updatedAt: a.datetime().required(),
    })
    .secondaryIndexes((index) => [
      index('projectId').sortKeys(['day']).queryField('analyticsByProject'),
      index('userId').sortKeys(['day']).queryField('analyticsByUser'),
    ])
    .authorization((allow) => [
      allow.owner().to(['read']),
      allow.groups(['Developer', 'Admin']).to(['read']),
    ]),

  /** The days of a project added up, also under the name of the first document. */
  projectAnalytics: a
    .query()
    .arguments({ projectId: a.id().required(), timeRange: a.ref('TimeRange') })
    .returns(a.ref('ProjectAnalytics'))
    .authorization((allow) => [allow.authenticated()])
    .handler([
      a.handler.custom({ entry: './resolvers/caller.js' }),
      a.handler.custom({ dataSource: a.ref('Project'), entry: './resolvers/project.js' }),
      a.handler.custom({
        dataSource: a.ref('ProjectAnalytics'),
        entry: './resolvers/projectAnalytics.js',
      }),
    ]),

  /** Days of UTC, today included. */
  TimeRange: a.enum([
    'LAST_7_DAYS',
    'LAST_14_DAYS',
    'LAST_30_DAYS',
    'LAST_90_DAYS',
    'LAST_365_DAYS',
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
  'listProjectAnalytics',
  'listAnalyses',
  'listTemplates',
  'listTemplateDrafts',
  'listOwnerParts',
  'listOwnerShares',
];

export type Schema = ClientSchema<typeof schema>;
