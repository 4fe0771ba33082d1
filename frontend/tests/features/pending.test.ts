import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Analysis, Project, Service } from '../../src/api/readModels';
import {
  isOverdue,
  isShown,
  OVERDUE_AFTER,
  type Pending,
  pollDelay,
  unsettled,
} from '../../src/features/commands/pending';
import { noRows, receive, type Rows } from '../../src/rows/rows';

const project = (version: number, id = 'p1'): Project => ({
  id,
  name: 'Tortoise',
  description: null,
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
  version,
  projectionVersion: 1,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
});

const service = (version: number, projectId = 'p1'): Service => ({
  id: `s${version}`,
  projectId,
  name: 'web',
  type: 'API',
  configuration: null,
  status: 'ACTIVE',
  userId: 'u1',
  owner: 'u1',
  version,
  projectionVersion: 1,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
});

const pending = (kind: Pending['kind'], version: number): Pending => ({
  commandId: `${kind}-${version}`,
  kind,
  projectId: 'p1',
  aggregateId: 'p1',
  version,
  name: 'Tortoise',
  acceptedAt: 0,
});

function rows(projects: Project[], services: Service[] = [], analyses: Analysis[] = []) {
  const projectRows: Rows<Project> = noRows;
  const serviceRows: Rows<Service> = noRows;
  const analysisRows: Rows<Analysis> = noRows;
  return {
    projects: receive(projectRows, { kind: 'seen', rows: projects }),
    services: receive(serviceRows, { kind: 'seen', rows: services }),
    analyses: receive(analysisRows, { kind: 'seen', rows: analyses }),
  };
}

describe('a command is shown', () => {
  test('[W7] once the project has reached its version, and not before', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 20 }), (reached, version) => {
        const change = pending('change-project', version);
        expect(isShown(change, rows([project(reached)]))).toBe(reached >= version);
      }),
    );
  });

  test('not by another project', () => {
    expect(isShown(pending('create-project', 1), rows([project(9, 'p2')]))).toBe(false);
  });

  test('[W7] for a service when both the project and the service have arrived, in either order', () => {
    const add = pending('add-service', 3);
    expect(isShown(add, rows([project(3)]))).toBe(false);
    expect(isShown(add, rows([project(2)], [service(3)]))).toBe(false);
    expect(isShown(add, rows([project(3)], [service(2)]))).toBe(false);
    expect(isShown(add, rows([project(3)], [service(3, 'p2')]))).toBe(false);
    expect(isShown(add, rows([project(3)], [service(3)]))).toBe(true);
  });

  test('for an analysis when the analysis has arrived, whatever version its project is at', () => {
    const asked = { ...pending('request-analysis', 1), aggregateId: 'a1' };
    const analysis = { id: 'a1', projectId: 'p1', version: 1, projectionVersion: 1 } as Analysis;
    expect(isShown(asked, rows([project(9)]))).toBe(false);
    expect(isShown(asked, rows([], [], [analysis]))).toBe(true);
  });

  test('even when its row was archived or deleted meanwhile', () => {
    const gone = { ...project(5), status: 'DELETED' } as const;
    expect(isShown(pending('change-project', 4), rows([gone]))).toBe(true);
  });
});

test('only what is not shown yet stays, and an unchanged list stays itself', () => {
  const list = [pending('create-project', 1), pending('change-project', 2)];
  expect(unsettled(list, rows([project(1)]))).toEqual([list[1]]);
  expect(unsettled(list, rows([]))).toBe(list);
});

test('polling slows down, and never stops', () => {
  expect([0, 1, 2, 3, 4, 50].map(pollDelay)).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
});

test('a command that takes longer than five seconds is called so', () => {
  expect(OVERDUE_AFTER).toBe(5_000);
  expect(isOverdue(pending('create-project', 1), OVERDUE_AFTER)).toBe(false);
  expect(isOverdue(pending('create-project', 1), OVERDUE_AFTER + 1)).toBe(true);
});
