"""Documents for every read model, from Amplify's SDL. Generated: `make docs`.

Each selects all fields but relations: subscribers get what the mutation selected.
"""

CREATE_ANALYSIS = """
mutation CreateAnalysis(
  $input: CreateAnalysisInput!
  $condition: ModelAnalysisConditionInput
) {
  createAnalysis(
    input: $input
    condition: $condition
  ) {
    id projectId kind question status summary findings analyst monthlyCost notJudged reason
    userId owner version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_ANALYSIS = """
mutation UpdateAnalysis(
  $input: UpdateAnalysisInput!
  $condition: ModelAnalysisConditionInput
) {
  updateAnalysis(
    input: $input
    condition: $condition
  ) {
    id projectId kind question status summary findings analyst monthlyCost notJudged reason
    userId owner version projectionVersion createdAt updatedAt
  }
}
"""

CREATE_DEPLOYMENT = """
mutation CreateDeployment(
  $input: CreateDeploymentInput!
  $condition: ModelDeploymentConditionInput
) {
  createDeployment(
    input: $input
    condition: $condition
  ) {
    id projectId deploymentId environment revision status url reason startedAt endedAt
    userId owner version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_DEPLOYMENT = """
mutation UpdateDeployment(
  $input: UpdateDeploymentInput!
  $condition: ModelDeploymentConditionInput
) {
  updateDeployment(
    input: $input
    condition: $condition
  ) {
    id projectId deploymentId environment revision status url reason startedAt endedAt
    userId owner version projectionVersion createdAt updatedAt
  }
}
"""

CREATE_METRIC = """
mutation CreateMetric(
  $input: CreateMetricInput!
  $condition: ModelMetricConditionInput
) {
  createMetric(
    input: $input
    condition: $condition
  ) {
    id name value unit tags timestamp source expires version projectionVersion createdAt
    updatedAt
  }
}
"""

UPDATE_METRIC = """
mutation UpdateMetric(
  $input: UpdateMetricInput!
  $condition: ModelMetricConditionInput
) {
  updateMetric(
    input: $input
    condition: $condition
  ) {
    id name value unit tags timestamp source expires version projectionVersion createdAt
    updatedAt
  }
}
"""

CREATE_OWNER_PART = """
mutation CreateOwnerPart(
  $input: CreateOwnerPartInput!
  $condition: ModelOwnerPartConditionInput
) {
  createOwnerPart(
    input: $input
    condition: $condition
  ) {
    id contributions parts version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_OWNER_PART = """
mutation UpdateOwnerPart(
  $input: UpdateOwnerPartInput!
  $condition: ModelOwnerPartConditionInput
) {
  updateOwnerPart(
    input: $input
    condition: $condition
  ) {
    id contributions parts version projectionVersion createdAt updatedAt
  }
}
"""

CREATE_OWNER_SHARE = """
mutation CreateOwnerShare(
  $input: CreateOwnerShareInput!
  $condition: ModelOwnerShareConditionInput
) {
  createOwnerShare(
    input: $input
    condition: $condition
  ) {
    id shares version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_OWNER_SHARE = """
mutation UpdateOwnerShare(
  $input: UpdateOwnerShareInput!
  $condition: ModelOwnerShareConditionInput
) {
  updateOwnerShare(
    input: $input
    condition: $condition
  ) {
    id shares version projectionVersion createdAt updatedAt
  }
}
"""

CREATE_OWNER_SUMMARY = """
mutation CreateOwnerSummary(
  $input: CreateOwnerSummaryInput!
  $condition: ModelOwnerSummaryConditionInput
) {
  createOwnerSummary(
    input: $input
    condition: $condition
  ) {
    id active archived services deployments userId owner version projectionVersion
    createdAt updatedAt
  }
}
"""

UPDATE_OWNER_SUMMARY = """
mutation UpdateOwnerSummary(
  $input: UpdateOwnerSummaryInput!
  $condition: ModelOwnerSummaryConditionInput
) {
  updateOwnerSummary(
    input: $input
    condition: $condition
  ) {
    id active archived services deployments userId owner version projectionVersion
    createdAt updatedAt
  }
}
"""

CREATE_PROJECT = """
mutation CreateProject(
  $input: CreateProjectInput!
  $condition: ModelProjectConditionInput
) {
  createProject(
    input: $input
    condition: $condition
  ) {
    id name description status shelf userId owner userName userEmail templateId
    templateName templateRevision runtime region features environment repositoryUrl
    provisioning provisioningAttempt repositoryProvider repositoryFiles repositoryBytes
    repositorySha256 deploymentCount deploymentsSucceeded deploymentsFailed successRate
    lastDeployedAt lastDeploymentStatus lastDeploymentEnvironment totalEvents serviceCount
    version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_PROJECT = """
mutation UpdateProject(
  $input: UpdateProjectInput!
  $condition: ModelProjectConditionInput
) {
  updateProject(
    input: $input
    condition: $condition
  ) {
    id name description status shelf userId owner userName userEmail templateId
    templateName templateRevision runtime region features environment repositoryUrl
    provisioning provisioningAttempt repositoryProvider repositoryFiles repositoryBytes
    repositorySha256 deploymentCount deploymentsSucceeded deploymentsFailed successRate
    lastDeployedAt lastDeploymentStatus lastDeploymentEnvironment totalEvents serviceCount
    version projectionVersion createdAt updatedAt
  }
}
"""

CREATE_PROJECT_ANALYTICS = """
mutation CreateProjectAnalytics(
  $input: CreateProjectAnalyticsInput!
  $condition: ModelProjectAnalyticsConditionInput
) {
  createProjectAnalytics(
    input: $input
    condition: $condition
  ) {
    id projectId day deployments succeeded failed totalEvents userId owner version
    projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_PROJECT_ANALYTICS = """
mutation UpdateProjectAnalytics(
  $input: UpdateProjectAnalyticsInput!
  $condition: ModelProjectAnalyticsConditionInput
) {
  updateProjectAnalytics(
    input: $input
    condition: $condition
  ) {
    id projectId day deployments succeeded failed totalEvents userId owner version
    projectionVersion createdAt updatedAt
  }
}
"""

CREATE_PROVISIONING_RUN = """
mutation CreateProvisioningRun(
  $input: CreateProvisioningRunInput!
  $condition: ModelProvisioningRunConditionInput
) {
  createProvisioningRun(
    input: $input
    condition: $condition
  ) {
    id projectId attempt status templateId parameters analysisId reason failedStep steps
    startedAt endedAt userId owner version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_PROVISIONING_RUN = """
mutation UpdateProvisioningRun(
  $input: UpdateProvisioningRunInput!
  $condition: ModelProvisioningRunConditionInput
) {
  updateProvisioningRun(
    input: $input
    condition: $condition
  ) {
    id projectId attempt status templateId parameters analysisId reason failedStep steps
    startedAt endedAt userId owner version projectionVersion createdAt updatedAt
  }
}
"""

CREATE_SERVICE = """
mutation CreateService(
  $input: CreateServiceInput!
  $condition: ModelServiceConditionInput
) {
  createService(
    input: $input
    condition: $condition
  ) {
    id projectId name type configuration status userId owner version projectionVersion
    createdAt updatedAt
  }
}
"""

UPDATE_SERVICE = """
mutation UpdateService(
  $input: UpdateServiceInput!
  $condition: ModelServiceConditionInput
) {
  updateService(
    input: $input
    condition: $condition
  ) {
    id projectId name type configuration status userId owner version projectionVersion
    createdAt updatedAt
  }
}
"""

CREATE_SERVICE_CHECKPOINT = """
mutation CreateServiceCheckpoint(
  $input: CreateServiceCheckpointInput!
  $condition: ModelServiceCheckpointConditionInput
) {
  createServiceCheckpoint(
    input: $input
    condition: $condition
  ) {
    id serviceIds version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_SERVICE_CHECKPOINT = """
mutation UpdateServiceCheckpoint(
  $input: UpdateServiceCheckpointInput!
  $condition: ModelServiceCheckpointConditionInput
) {
  updateServiceCheckpoint(
    input: $input
    condition: $condition
  ) {
    id serviceIds version projectionVersion createdAt updatedAt
  }
}
"""

CREATE_TEMPLATE = """
mutation CreateTemplate(
  $input: CreateTemplateInput!
  $condition: ModelTemplateConditionInput
) {
  createTemplate(
    input: $input
    condition: $condition
  ) {
    id slug name description revision status reason paths parameters services settings
    publishedAt version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_TEMPLATE = """
mutation UpdateTemplate(
  $input: UpdateTemplateInput!
  $condition: ModelTemplateConditionInput
) {
  updateTemplate(
    input: $input
    condition: $condition
  ) {
    id slug name description revision status reason paths parameters services settings
    publishedAt version projectionVersion createdAt updatedAt
  }
}
"""

CREATE_TEMPLATE_DRAFT = """
mutation CreateTemplateDraft(
  $input: CreateTemplateDraftInput!
  $condition: ModelTemplateDraftConditionInput
) {
  createTemplateDraft(
    input: $input
    condition: $condition
  ) {
    id slug name description revision differs publishedDigest status reason files
    parameters services settings userId owner version projectionVersion createdAt updatedAt
  }
}
"""

UPDATE_TEMPLATE_DRAFT = """
mutation UpdateTemplateDraft(
  $input: UpdateTemplateDraftInput!
  $condition: ModelTemplateDraftConditionInput
) {
  updateTemplateDraft(
    input: $input
    condition: $condition
  ) {
    id slug name description revision differs publishedDigest status reason files
    parameters services settings userId owner version projectionVersion createdAt updatedAt
  }
}
"""

GET_PROJECT = """
query GetProject(
  $id: ID!
) {
  getProject(
    id: $id
  ) {
    id name description status shelf userId owner userName userEmail templateId
    templateName templateRevision runtime region features environment repositoryUrl
    provisioning provisioningAttempt repositoryProvider repositoryFiles repositoryBytes
    repositorySha256 deploymentCount deploymentsSucceeded deploymentsFailed successRate
    lastDeployedAt lastDeploymentStatus lastDeploymentEnvironment totalEvents serviceCount
    version projectionVersion createdAt updatedAt
  }
}
"""

LIST_PROJECTS = """
query ListProjects(
  $id: ID
  $filter: ModelProjectFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listProjects(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id name description status shelf userId owner userName userEmail templateId
    templateName templateRevision runtime region features environment repositoryUrl
    provisioning provisioningAttempt repositoryProvider repositoryFiles repositoryBytes
    repositorySha256 deploymentCount deploymentsSucceeded deploymentsFailed successRate
    lastDeployedAt lastDeploymentStatus lastDeploymentEnvironment totalEvents serviceCount
    version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

PROJECTS_BY_SHELF = """
query ProjectsByShelf(
  $shelf: String!
  $createdAt: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelProjectFilterInput
  $limit: Int
  $nextToken: String
) {
  projectsByShelf(
    shelf: $shelf
    createdAt: $createdAt
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id name description status shelf userId owner userName userEmail templateId
    templateName templateRevision runtime region features environment repositoryUrl
    provisioning provisioningAttempt repositoryProvider repositoryFiles repositoryBytes
    repositorySha256 deploymentCount deploymentsSucceeded deploymentsFailed successRate
    lastDeployedAt lastDeploymentStatus lastDeploymentEnvironment totalEvents serviceCount
    version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

PROJECTS_BY_USER = """
query ProjectsByUser(
  $userId: ID!
  $createdAt: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelProjectFilterInput
  $limit: Int
  $nextToken: String
) {
  projectsByUser(
    userId: $userId
    createdAt: $createdAt
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id name description status shelf userId owner userName userEmail templateId
    templateName templateRevision runtime region features environment repositoryUrl
    provisioning provisioningAttempt repositoryProvider repositoryFiles repositoryBytes
    repositorySha256 deploymentCount deploymentsSucceeded deploymentsFailed successRate
    lastDeployedAt lastDeploymentStatus lastDeploymentEnvironment totalEvents serviceCount
    version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

GET_SERVICE = """
query GetService(
  $id: ID!
) {
  getService(
    id: $id
  ) {
    id projectId name type configuration status userId owner version projectionVersion
    createdAt updatedAt
  }
}
"""

LIST_SERVICES = """
query ListServices(
  $id: ID
  $filter: ModelServiceFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listServices(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id projectId name type configuration status userId owner version
    projectionVersion createdAt updatedAt } nextToken
  }
}
"""

SERVICES_BY_PROJECT = """
query ServicesByProject(
  $projectId: ID!
  $createdAt: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelServiceFilterInput
  $limit: Int
  $nextToken: String
) {
  servicesByProject(
    projectId: $projectId
    createdAt: $createdAt
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id projectId name type configuration status userId owner version
    projectionVersion createdAt updatedAt } nextToken
  }
}
"""

GET_SERVICE_CHECKPOINT = """
query GetServiceCheckpoint(
  $id: ID!
) {
  getServiceCheckpoint(
    id: $id
  ) {
    id serviceIds version projectionVersion createdAt updatedAt
  }
}
"""

LIST_SERVICE_CHECKPOINTS = """
query ListServiceCheckpoints(
  $id: ID
  $filter: ModelServiceCheckpointFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listServiceCheckpoints(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id serviceIds version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

GET_DEPLOYMENT = """
query GetDeployment(
  $id: ID!
) {
  getDeployment(
    id: $id
  ) {
    id projectId deploymentId environment revision status url reason startedAt endedAt
    userId owner version projectionVersion createdAt updatedAt
  }
}
"""

LIST_DEPLOYMENTS = """
query ListDeployments(
  $id: ID
  $filter: ModelDeploymentFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listDeployments(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id projectId deploymentId environment revision status url reason startedAt
    endedAt userId owner version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

DEPLOYMENTS_BY_PROJECT = """
query DeploymentsByProject(
  $projectId: ID!
  $createdAt: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelDeploymentFilterInput
  $limit: Int
  $nextToken: String
) {
  deploymentsByProject(
    projectId: $projectId
    createdAt: $createdAt
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id projectId deploymentId environment revision status url reason startedAt
    endedAt userId owner version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

GET_OWNER_SUMMARY = """
query GetOwnerSummary(
  $id: ID!
) {
  getOwnerSummary(
    id: $id
  ) {
    id active archived services deployments userId owner version projectionVersion
    createdAt updatedAt
  }
}
"""

LIST_OWNER_SUMMARIES = """
query ListOwnerSummaries(
  $id: ID
  $filter: ModelOwnerSummaryFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listOwnerSummaries(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id active archived services deployments userId owner version projectionVersion
    createdAt updatedAt } nextToken
  }
}
"""

GET_OWNER_PART = """
query GetOwnerPart(
  $id: ID!
) {
  getOwnerPart(
    id: $id
  ) {
    id contributions parts version projectionVersion createdAt updatedAt
  }
}
"""

LIST_OWNER_PARTS = """
query ListOwnerParts(
  $id: ID
  $filter: ModelOwnerPartFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listOwnerParts(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id contributions parts version projectionVersion createdAt updatedAt }
    nextToken
  }
}
"""

GET_OWNER_SHARE = """
query GetOwnerShare(
  $id: ID!
) {
  getOwnerShare(
    id: $id
  ) {
    id shares version projectionVersion createdAt updatedAt
  }
}
"""

LIST_OWNER_SHARES = """
query ListOwnerShares(
  $id: ID
  $filter: ModelOwnerShareFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listOwnerShares(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id shares version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

GET_PROVISIONING_RUN = """
query GetProvisioningRun(
  $id: ID!
) {
  getProvisioningRun(
    id: $id
  ) {
    id projectId attempt status templateId parameters analysisId reason failedStep steps
    startedAt endedAt userId owner version projectionVersion createdAt updatedAt
  }
}
"""

LIST_PROVISIONING_RUNS = """
query ListProvisioningRuns(
  $id: ID
  $filter: ModelProvisioningRunFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listProvisioningRuns(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id projectId attempt status templateId parameters analysisId reason failedStep
    steps startedAt endedAt userId owner version projectionVersion createdAt updatedAt }
    nextToken
  }
}
"""

PROVISIONING_RUNS_BY_PROJECT = """
query ProvisioningRunsByProject(
  $projectId: ID!
  $attempt: ModelIntKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelProvisioningRunFilterInput
  $limit: Int
  $nextToken: String
) {
  provisioningRunsByProject(
    projectId: $projectId
    attempt: $attempt
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id projectId attempt status templateId parameters analysisId reason failedStep
    steps startedAt endedAt userId owner version projectionVersion createdAt updatedAt }
    nextToken
  }
}
"""

GET_PROJECT_ANALYTICS = """
query GetProjectAnalytics(
  $id: ID!
) {
  getProjectAnalytics(
    id: $id
  ) {
    id projectId day deployments succeeded failed totalEvents userId owner version
    projectionVersion createdAt updatedAt
  }
}
"""

LIST_PROJECT_ANALYTICS = """
query ListProjectAnalytics(
  $id: ID
  $filter: ModelProjectAnalyticsFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listProjectAnalytics(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id projectId day deployments succeeded failed totalEvents userId owner version
    projectionVersion createdAt updatedAt } nextToken
  }
}
"""

ANALYTICS_BY_PROJECT = """
query AnalyticsByProject(
  $projectId: ID!
  $day: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelProjectAnalyticsFilterInput
  $limit: Int
  $nextToken: String
) {
  analyticsByProject(
    projectId: $projectId
    day: $day
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id projectId day deployments succeeded failed totalEvents userId owner version
    projectionVersion createdAt updatedAt } nextToken
  }
}
"""

ANALYTICS_BY_USER = """
query AnalyticsByUser(
  $userId: ID!
  $day: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelProjectAnalyticsFilterInput
  $limit: Int
  $nextToken: String
) {
  analyticsByUser(
    userId: $userId
    day: $day
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id projectId day deployments succeeded failed totalEvents userId owner version
    projectionVersion createdAt updatedAt } nextToken
  }
}
"""

GET_ANALYSIS = """
query GetAnalysis(
  $id: ID!
) {
  getAnalysis(
    id: $id
  ) {
    id projectId kind question status summary findings analyst monthlyCost notJudged reason
    userId owner version projectionVersion createdAt updatedAt
  }
}
"""

LIST_ANALYSES = """
query ListAnalyses(
  $id: ID
  $filter: ModelAnalysisFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listAnalyses(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id projectId kind question status summary findings analyst monthlyCost
    notJudged reason userId owner version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

ANALYSES_BY_PROJECT = """
query AnalysesByProject(
  $projectId: ID!
  $createdAt: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelAnalysisFilterInput
  $limit: Int
  $nextToken: String
) {
  analysesByProject(
    projectId: $projectId
    createdAt: $createdAt
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id projectId kind question status summary findings analyst monthlyCost
    notJudged reason userId owner version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

GET_TEMPLATE = """
query GetTemplate(
  $id: ID!
) {
  getTemplate(
    id: $id
  ) {
    id slug name description revision status reason paths parameters services settings
    publishedAt version projectionVersion createdAt updatedAt
  }
}
"""

LIST_TEMPLATES = """
query ListTemplates(
  $id: ID
  $filter: ModelTemplateFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listTemplates(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id slug name description revision status reason paths parameters services
    settings publishedAt version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

TEMPLATES_BY_STATUS = """
query TemplatesByStatus(
  $status: TemplateStatus!
  $createdAt: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelTemplateFilterInput
  $limit: Int
  $nextToken: String
) {
  templatesByStatus(
    status: $status
    createdAt: $createdAt
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id slug name description revision status reason paths parameters services
    settings publishedAt version projectionVersion createdAt updatedAt } nextToken
  }
}
"""

GET_TEMPLATE_DRAFT = """
query GetTemplateDraft(
  $id: ID!
) {
  getTemplateDraft(
    id: $id
  ) {
    id slug name description revision differs publishedDigest status reason files
    parameters services settings userId owner version projectionVersion createdAt updatedAt
  }
}
"""

LIST_TEMPLATE_DRAFTS = """
query ListTemplateDrafts(
  $id: ID
  $filter: ModelTemplateDraftFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listTemplateDrafts(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id slug name description revision differs publishedDigest status reason files
    parameters services settings userId owner version projectionVersion createdAt updatedAt
    } nextToken
  }
}
"""

TEMPLATE_DRAFTS_BY_STATUS = """
query TemplateDraftsByStatus(
  $status: TemplateStatus!
  $createdAt: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelTemplateDraftFilterInput
  $limit: Int
  $nextToken: String
) {
  templateDraftsByStatus(
    status: $status
    createdAt: $createdAt
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id slug name description revision differs publishedDigest status reason files
    parameters services settings userId owner version projectionVersion createdAt updatedAt
    } nextToken
  }
}
"""

GET_METRIC = """
query GetMetric(
  $id: ID!
) {
  getMetric(
    id: $id
  ) {
    id name value unit tags timestamp source expires version projectionVersion createdAt
    updatedAt
  }
}
"""

LIST_METRICS = """
query ListMetrics(
  $id: ID
  $filter: ModelMetricFilterInput
  $limit: Int
  $nextToken: String
  $sortDirection: ModelSortDirection
) {
  listMetrics(
    id: $id
    filter: $filter
    limit: $limit
    nextToken: $nextToken
    sortDirection: $sortDirection
  ) {
    items { id name value unit tags timestamp source expires version projectionVersion
    createdAt updatedAt } nextToken
  }
}
"""

LIST_METRICS_BY_NAME = """
query ListMetricsByName(
  $name: String!
  $timestamp: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelMetricFilterInput
  $limit: Int
  $nextToken: String
) {
  listMetricsByName(
    name: $name
    timestamp: $timestamp
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id name value unit tags timestamp source expires version projectionVersion
    createdAt updatedAt } nextToken
  }
}
"""

LIST_METRICS_BY_SOURCE = """
query ListMetricsBySource(
  $source: String!
  $timestamp: ModelStringKeyConditionInput
  $sortDirection: ModelSortDirection
  $filter: ModelMetricFilterInput
  $limit: Int
  $nextToken: String
) {
  listMetricsBySource(
    source: $source
    timestamp: $timestamp
    sortDirection: $sortDirection
    filter: $filter
    limit: $limit
    nextToken: $nextToken
  ) {
    items { id name value unit tags timestamp source expires version projectionVersion
    createdAt updatedAt } nextToken
  }
}
"""

LISTS = {
    "Analysis": LIST_ANALYSES,
    "Deployment": LIST_DEPLOYMENTS,
    "Metric": LIST_METRICS,
    "OwnerPart": LIST_OWNER_PARTS,
    "OwnerShare": LIST_OWNER_SHARES,
    "OwnerSummary": LIST_OWNER_SUMMARIES,
    "Project": LIST_PROJECTS,
    "ProjectAnalytics": LIST_PROJECT_ANALYTICS,
    "ProvisioningRun": LIST_PROVISIONING_RUNS,
    "Service": LIST_SERVICES,
    "ServiceCheckpoint": LIST_SERVICE_CHECKPOINTS,
    "Template": LIST_TEMPLATES,
    "TemplateDraft": LIST_TEMPLATE_DRAFTS,
}

MODELS = {
    GET_PROJECT: "Project",
    LIST_PROJECTS: "Project",
    PROJECTS_BY_SHELF: "Project",
    PROJECTS_BY_USER: "Project",
    GET_SERVICE: "Service",
    LIST_SERVICES: "Service",
    SERVICES_BY_PROJECT: "Service",
    GET_SERVICE_CHECKPOINT: "ServiceCheckpoint",
    LIST_SERVICE_CHECKPOINTS: "ServiceCheckpoint",
    GET_DEPLOYMENT: "Deployment",
    LIST_DEPLOYMENTS: "Deployment",
    DEPLOYMENTS_BY_PROJECT: "Deployment",
    GET_OWNER_SUMMARY: "OwnerSummary",
    LIST_OWNER_SUMMARIES: "OwnerSummary",
    GET_OWNER_PART: "OwnerPart",
    LIST_OWNER_PARTS: "OwnerPart",
    GET_OWNER_SHARE: "OwnerShare",
    LIST_OWNER_SHARES: "OwnerShare",
    GET_PROVISIONING_RUN: "ProvisioningRun",
    LIST_PROVISIONING_RUNS: "ProvisioningRun",
    PROVISIONING_RUNS_BY_PROJECT: "ProvisioningRun",
    GET_PROJECT_ANALYTICS: "ProjectAnalytics",
    LIST_PROJECT_ANALYTICS: "ProjectAnalytics",
    ANALYTICS_BY_PROJECT: "ProjectAnalytics",
    ANALYTICS_BY_USER: "ProjectAnalytics",
    GET_ANALYSIS: "Analysis",
    LIST_ANALYSES: "Analysis",
    ANALYSES_BY_PROJECT: "Analysis",
    GET_TEMPLATE: "Template",
    LIST_TEMPLATES: "Template",
    TEMPLATES_BY_STATUS: "Template",
    GET_TEMPLATE_DRAFT: "TemplateDraft",
    LIST_TEMPLATE_DRAFTS: "TemplateDraft",
    TEMPLATE_DRAFTS_BY_STATUS: "TemplateDraft",
    GET_METRIC: "Metric",
    LIST_METRICS: "Metric",
    LIST_METRICS_BY_NAME: "Metric",
    LIST_METRICS_BY_SOURCE: "Metric",
}
