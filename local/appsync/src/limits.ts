/** What AppSync limits in one request: depth, resolvers, time; and who may ask for the schema. */
import {
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type GraphQLResolveInfo,
} from 'graphql';

import type { Identity } from './authorization/identity';
import { FieldError, RequestError } from './errors';

export interface Limits {
  /** Levels of fields, the leaves included. */
  queryDepth: number;
  /** Resolvers that one request runs. */
  resolverCount: number;
  seconds: number;
}

/** What one request has left. */
export class Budget {
  private resolvers = 0;
  private expired = false;

  constructor(private readonly limits: Limits) {}

  /** Throws FieldError for a field that lies too deep: the fields above it are answered. */
  checkDepth({ path }: GraphQLResolveInfo): void {
    if (levels(path) > this.limits.queryDepth) {
      throw new FieldError('Query depth limit reached.', 'QueryDepthLimitReached');
    }
  }

  /** Throws FieldError for every resolver after the last one allowed. */
  spendResolver(): void {
    this.resolvers += 1;
    if (this.expired || this.resolvers > this.limits.resolverCount) {
      throw new FieldError('Resolver invocation limit reached.', 'ResolverExecutionLimitReached');
    }
  }

  /** Throws RequestError when the work takes longer than a request may. */
  async within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const expiry = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.expired = true;
        reject(new RequestError(504, 'ExecutionTimeout', 'Execution timed out.'));
      }, this.limits.seconds * 1000);
    });
    try {
      return await Promise.race([work, expiry]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Items of a list are no level of their own. */
function levels(path: GraphQLResolveInfo['path']): number {
  let found = 0;
  for (let at: typeof path | undefined = path; at !== undefined; at = at.prev) {
    found += typeof at.key === 'string' ? 1 : 0;
  }
  return found;
}

/** Anybody can hold an API key: with one, the schema has no fields, in the words of graphql-java. */
export function introspectionFaults(document: DocumentNode, { mode }: Identity): GraphQLError[] {
  return mode === 'API_KEY' ? introspected(document).map(undefinedField) : [];
}

function introspected(document: DocumentNode): FieldNode[] {
  const found: FieldNode[] = [];
  visit(document, {
    Field: (node) => {
      if (node.name.value === '__schema' || node.name.value === '__type') {
        found.push(node);
      }
    },
  });
  return found;
}

function undefinedField(node: FieldNode): GraphQLError {
  const [type, name] = [node.name.value === '__schema' ? '__Schema' : '__Type', node.name.value];
  const first = node.selectionSet?.selections.find((one) => one.kind === Kind.FIELD);
  const field = first?.kind === Kind.FIELD ? first.name.value : '__typename';
  return new GraphQLError(
    `Validation error of type FieldUndefined: Field '${field}' in type '${type}' is undefined @ '${name}/${field}'`,
    { nodes: [node] },
  );
}
