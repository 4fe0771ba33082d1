/** Who is signed in, and what the groups of the ID token allow. The API decides; this only says it beforehand. */
export interface Session {
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
}

export type Role = 'Owner' | 'Developer' | 'Admin';

export const ROLE_MEANS: Record<Role, string> = {
  Owner: 'You see and change your own projects.',
  Developer: 'You may read every project, but not change any.',
  Admin: 'You may read and change every project.',
};

export function sessionOf(claims: Readonly<Record<string, unknown>>): Session {
  return {
    userId: String(claims.sub),
    email: String(claims.email ?? claims['cognito:username'] ?? claims.sub),
    role: roleOf(claims['cognito:groups']),
  };
}

export const readsAll = ({ role }: Session): boolean => role !== 'Owner';

export const mayCommand = ({ role }: Session): boolean => role !== 'Developer';

function roleOf(groups: unknown): Role {
  const named = Array.isArray(groups) ? groups : [];
  if (named.includes('Admin')) return 'Admin';
  return named.includes('Developer') ? 'Developer' : 'Owner';
}
