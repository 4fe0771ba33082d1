// @vitest-environment jsdom
import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Deployment, ReadModels } from '../../src/api/readModels';
import { PROJECT } from './fakes';
import { showPage } from './pages';

afterEach(cleanup);

const DEPLOYMENT: Deployment = {
  id: 'd1',
  deploymentId: 'd1',
  projectId: 'p1',
  environment: 'production',
  status: 'FAILED',
  startedAt: PROJECT.createdAt,
  userId: 'u1',
  owner: 'u1',
  version: 1,
  projectionVersion: 1,
  createdAt: PROJECT.createdAt,
  updatedAt: PROJECT.updatedAt,
};

/** A filter that leaves the first page empty; the second one comes when the test says so. */
function show(search: string) {
  let bring = (): void => undefined;
  const deploymentsOf: ReadModels['deploymentsOf'] = (_, { status }, { nextToken }) => {
    const rows = { rows: [DEPLOYMENT], nextToken: null };
    if (!status) return Promise.resolve(rows);
    if (!nextToken) return Promise.resolve({ rows: [], nextToken: 'next' });
    return new Promise((resolve) => void (bring = () => resolve({ rows: [], nextToken: null })));
  };
  const project = () => Promise.resolve(PROJECT);
  showPage(`/projects/p1/deployments${search}`, { rows: { project, deploymentsOf } });
  return () => bring();
}

test('nothing fits only when all was read', async () => {
  const bring = show('?status=running');
  await waitFor(() => expect(document.querySelector('section .bone')).not.toBeNull());
  expect(screen.queryByText('No deployment fits')).toBeNull();
  bring();
  await screen.findByText('No deployment fits');
});

test('a page beyond the end says so, whatever the filters are', async () => {
  show('?page=7');
  await screen.findByText('This page is empty');
});

test('a filter keeps the focus while its deployments are read', async () => {
  let answer = (): void => undefined;
  const deploymentsOf: ReadModels['deploymentsOf'] = (_, { status }) =>
    status
      ? new Promise((resolve) => void (answer = () => resolve({ rows: [], nextToken: null })))
      : Promise.resolve({ rows: [DEPLOYMENT], nextToken: null });
  const rows = { project: () => Promise.resolve(PROJECT), deploymentsOf };
  const { person } = showPage('/projects/p1/deployments', { rows });
  const field = await screen.findByLabelText('Status');
  act(() => field.focus());
  await person.selectOptions(field, 'Running');
  await waitFor(() => expect(document.querySelector('section .bone')).not.toBeNull());
  expect(document.activeElement).toBe(field);
  act(() => answer());
  await screen.findByText('No deployment fits');
  expect(document.activeElement).toBe(field);
});
