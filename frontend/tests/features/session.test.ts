import { describe, expect, test } from 'vitest';
import { mayCommand, readsAll, sessionOf } from '../../src/features/session/session';

const signedIn = (...groups: string[]) =>
  sessionOf({ sub: 'u1', email: 'owner@skafu.dev', 'cognito:groups': groups });

describe('roles', () => {
  test.each([
    [[], 'Owner', false, true],
    [['Developer'], 'Developer', true, false],
    [['Admin'], 'Admin', true, true],
    [['Developer', 'Admin'], 'Admin', true, true],
    [['Elsewhere'], 'Owner', false, true],
  ] as const)('groups %j are %s', (groups, role, reads, commands) => {
    const session = signedIn(...groups);
    expect(session.role).toBe(role);
    expect(readsAll(session)).toBe(reads);
    expect(mayCommand(session)).toBe(commands);
  });

  test('a token without groups is an owner’s', () => {
    expect(sessionOf({ sub: 'u1', email: 'owner@skafu.dev' }).role).toBe('Owner');
  });
});
