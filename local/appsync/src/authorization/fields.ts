/** Which callers the directives of the schema let see a field. */
import type { GraphQLResolveInfo } from 'graphql';

import { notAuthorized } from '../errors';
import { admittedModes, type Admitted, type AuthorizationMode } from '../schema';
import { Calls } from './calls';
import type { Identity } from './identity';

export class FieldGate {
  readonly calls = new Calls();
  private readonly admitted = new Map<string, Admitted>();

  constructor(private readonly defaultMode: AuthorizationMode) {}

  /** Throws FieldError `Unauthorized`. */
  check({ parentType, fieldName }: GraphQLResolveInfo, identity: Identity): void {
    this.calls.record(parentType.name, fieldName, identity);
    const { mode, groups } = identity;
    const limit = this.modesOf(parentType, fieldName).get(mode);
    if (
      limit === undefined ||
      (limit.length > 0 && !limit.some((group) => groups.includes(group)))
    ) {
      throw notAuthorized(parentType.name, fieldName);
    }
  }

  private modesOf(parentType: GraphQLResolveInfo['parentType'], fieldName: string): Admitted {
    const name = `${parentType.name}.${fieldName}`;
    const modes = this.admitted.get(name) ?? admittedModes(parentType, fieldName, this.defaultMode);
    this.admitted.set(name, modes);
    return modes;
  }
}
