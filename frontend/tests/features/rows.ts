import type { Project, ProvisioningRun, Template, TemplateDraft } from '../../src/api/readModels';
import { PROJECT } from './fakes';

const AT = '2026-11-28T20:12:09.000Z';
const row = { version: 1, projectionVersion: 1, createdAt: AT, updatedAt: AT };

export const TEMPLATE: Template = {
  ...row,
  id: 't1',
  slug: 'full-stack-template',
  name: 'Full stack',
  description: 'React front end, Python API and a queue worker.',
  revision: 4,
  status: 'PUBLISHED',
  paths: ['api/handler.py', 'README.md', 'template.yaml'],
  parameters: JSON.stringify([
    { name: 'packageName', type: 'TEXT', label: 'Package name', required: true },
    { name: 'memory', type: 'NUMBER', label: 'Memory', default: 512, minimum: 128, maximum: 10240 },
    { name: 'extras', type: 'LIST', label: 'Extras', choices: ['uploads', 'search'] },
  ]),
  services: JSON.stringify([{ serviceName: 'API', serviceType: 'API' }]),
  settings: JSON.stringify({ runtime: 'python3.13', features: ['auth'] }),
  publishedAt: AT,
};

export const DRAFT: TemplateDraft = {
  ...row,
  id: 't1',
  slug: TEMPLATE.slug,
  name: TEMPLATE.name,
  description: TEMPLATE.description ?? null,
  revision: 4,
  status: 'PUBLISHED',
  differs: false,
  files: JSON.stringify([
    { path: 'api/handler.py', content: '"""The API of <%= name %>."""\n' },
    { path: 'README.md', content: '# <%= name %>\n<script>alert(1)</script>\n' },
  ]),
  parameters: TEMPLATE.parameters,
  services: '[]',
  settings: '{}',
  userId: 'u1',
  owner: 'u1',
};

export const PROVISIONED: Project = {
  ...PROJECT,
  provisioning: 'RUNNING',
  provisioningAttempt: 1,
  templateId: 't1',
  templateName: 'Full stack',
  templateRevision: 4,
};

export const READY: Project = {
  ...PROVISIONED,
  version: 9,
  provisioning: 'COMPLETED',
  repositoryUrl: 's3://archives/p1/1/9c41.zip',
  repositoryProvider: 'ARCHIVE',
  repositoryFiles: 24,
  repositoryBytes: 38_912,
  repositorySha256: '0'.repeat(60) + '9c41',
};

const step = (name: string, status: string, more: object = {}) => ({ step: name, status, ...more });

export const RUNNING: ProvisioningRun = {
  ...row,
  id: 'p1#1',
  projectId: 'p1',
  attempt: 1,
  status: 'RUNNING',
  templateId: 'full-stack-template',
  parameters: JSON.stringify({ packageName: 'shop', memory: 512 }),
  steps: JSON.stringify([
    step('TEMPLATE', 'DONE', { startedAt: AT, endedAt: AT, detail: 'Full stack, revision 4' }),
    step('ANALYSIS', 'RUNNING', { startedAt: AT, deadline: '2099-11-28T20:13:12.000Z' }),
  ]),
  startedAt: AT,
  userId: 'u1',
  owner: 'u1',
};

export const FAILED: ProvisioningRun = {
  ...RUNNING,
  version: 7,
  status: 'FAILED',
  failedStep: 'REPOSITORY',
  reason: 'the archive storage did not answer',
  endedAt: '2026-11-28T20:12:38.000Z',
  steps: JSON.stringify([
    step('TEMPLATE', 'UNDONE', { detail: 'Full stack, revision 4', undoneAt: AT }),
    step('ANALYSIS', 'UNDONE', { undoneAt: AT }),
    step('REPOSITORY', 'FAILED', { startedAt: AT, endedAt: AT }),
  ]),
};

export const COMPLETED: ProvisioningRun = {
  ...RUNNING,
  version: 8,
  status: 'COMPLETED',
  analysisId: 'a1',
  endedAt: '2026-11-28T20:12:15.000Z',
  steps: JSON.stringify(
    ['TEMPLATE', 'ANALYSIS', 'REPOSITORY', 'CONFIGURATION', 'COMPLETION'].map((name) =>
      step(name, 'DONE', { startedAt: AT, endedAt: AT }),
    ),
  ),
};
