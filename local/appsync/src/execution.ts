/** Executes queries and mutations, and registers subscriptions, in AppSync's terms. */
import {
  execute,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import type { FieldGate } from './authorization/fields';
import type { Identity } from './authorization/identity';
import { Documents, operationOf, rootFields, type Checked } from './documents';
import { documentError, FieldError, fieldError, RequestError, type AppSyncError } from './errors';
import { introspectionFaults, Budget, type Limits } from './limits';
import { fieldName, type FieldResolver } from './pipeline';
import type { SubscriptionFilter } from './realtime/filter';
import type { Effects } from './vtl/utilities';

export interface GraphQLRequest {
  query: string;
  variables?: Record<string, unknown> | undefined;
  operationName?: string | undefined;
}

export interface Caller {
  identity: Identity;
  headers: Record<string, string>;
}

export interface Answer {
  data: Record<string, unknown> | null;
  errors?: AppSyncError[];
}

/** A mutation that has happened, and what its caller selected of the result. */
export interface Mutated {
  mutation: string;
  payload: Record<string, unknown>;
}

export interface Outcome {
  answer: Answer;
  mutated: Mutated[];
}

/** A subscription that was granted. */
export interface Registration {
  document: DocumentNode;
  variables: Record<string, unknown> | undefined;
  operationName: string | undefined;
  field: string;
  arguments: Record<string, unknown>;
  /** Set by the resolver; then the arguments filter no more. */
  filter: SubscriptionFilter | undefined;
  identity: Identity;
}

/** What resolvers of one request share. */
interface RequestContext extends Caller {
  subscriptionFilter?: SubscriptionFilter | undefined;
  appended: GraphQLError[];
  rootArguments: Record<string, unknown>;
  budget: Budget;
}

export class Execution {
  private readonly documents: Documents;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly resolvers: Map<string, FieldResolver>,
    private readonly gate: FieldGate,
    private readonly limits: Limits,
    private readonly reportBug: (error: unknown) => void,
  ) {
    this.documents = new Documents(schema);
  }

  /** Throws RequestError when nothing could be executed at all. */
  async run(request: GraphQLRequest, caller: Caller): Promise<Outcome> {
    const { document, faults } = this.checked(request, caller);
    if (faults.length > 0) {
      return { answer: { data: null, errors: faults.map(documentError) }, mutated: [] };
    }
    const operation = operationOf(document, request.operationName);
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      throw new RequestError(
        400,
        'UnsupportedOperation',
        'Subscriptions are served by the realtime endpoint.',
      );
    }
    const context = this.contextOf(caller);
    const answer = this.answer(await this.execute(document, request, context), context);
    return { answer, mutated: mutations(document, operation, answer) };
  }

  /** Throws RequestError, or SubscriptionRefused with the errors of the resolver. */
  async register(request: GraphQLRequest, caller: Caller): Promise<Registration> {
    const { document, faults } = this.checked(request, caller);
    if (faults.length > 0) {
      throw new SubscriptionRefused(faults.map(documentError));
    }
    const context = this.contextOf(caller);
    const field = subscriptionField(document, operationOf(document, request.operationName));
    const { errors } = this.answer(await this.execute(document, request, context), context);
    if (errors !== undefined) {
      throw new SubscriptionRefused(errors);
    }
    const { variables, operationName } = request;
    const { rootArguments } = context;
    return {
      document,
      variables,
      operationName,
      field,
      arguments: rootArguments,
      filter: context.subscriptionFilter,
      identity: caller.identity,
    };
  }

  private checked({ query }: GraphQLRequest, { identity }: Caller): Checked {
    const { document, faults } = this.documents.check(query);
    return { document, faults: [...faults, ...introspectionFaults(document, identity)] };
  }

  private contextOf(caller: Caller): RequestContext {
    return { ...caller, appended: [], rootArguments: {}, budget: new Budget(this.limits) };
  }

  /** Throws RequestError when it takes too long; what runs then starts nothing further. */
  private async execute(
    document: DocumentNode,
    request: GraphQLRequest,
    contextValue: RequestContext,
  ): Promise<ExecutionResult> {
    const executed = this.executeAll(document, request, contextValue);
    return contextValue.budget.within(executed);
  }

  private async executeAll(
    document: DocumentNode,
    request: GraphQLRequest,
    contextValue: RequestContext,
  ): Promise<ExecutionResult> {
    return execute({
      schema: this.schema,
      document,
      variableValues: request.variables ?? null,
      operationName: request.operationName ?? null,
      contextValue,
      fieldResolver: (source, args, context, info) =>
        this.resolve(source, args as object, context as RequestContext, info),
    });
  }

  private resolve(
    source: unknown,
    args: object,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): unknown {
    context.budget.checkDepth(info);
    this.gate.check(info, context.identity);
    if (info.path.prev === undefined) {
      context.rootArguments = { ...args };
    }
    const resolver = this.resolvers.get(fieldName(info));
    return resolver === undefined
      ? (source as Record<string, unknown> | undefined)?.[info.fieldName]
      : this.runPipeline(resolver, source, args, context, info);
  }

  private async runPipeline(
    resolver: FieldResolver,
    source: unknown,
    args: object,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<unknown> {
    context.budget.spendResolver();
    const { identity, headers } = context;
    const effects: Effects = { appended: [] };
    try {
      return await resolver(source ?? null, args, { identity, headers, info, effects });
    } catch (error) {
      throw this.asFieldError(error);
    } finally {
      context.subscriptionFilter ??= effects.subscriptionFilter;
      context.appended.push(...effects.appended.map((error) => located(error, info)));
    }
  }

  /** What no template raised is a bug of this server; the caller learns no more than that. */
  private asFieldError(error: unknown): FieldError {
    if (error instanceof FieldError) {
      return error;
    }
    this.reportBug(error);
    return new FieldError('Internal failure', 'InternalFailure');
  }

  private answer({ data, errors = [] }: ExecutionResult, { appended }: RequestContext): Answer {
    if (data === undefined) {
      return { data: null, errors: errors.map(documentError) };
    }
    const all = [...errors, ...appended];
    return {
      data: data,
      ...(all.length > 0 && { errors: all.map((error) => fieldError(error, this.schema)) }),
    };
  }
}

export class SubscriptionRefused extends Error {
  constructor(readonly errors: AppSyncError[]) {
    super('subscription refused');
  }
}

function located(error: GraphQLError, info: GraphQLResolveInfo): GraphQLError {
  const path = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = info.path; at !== undefined; at = at.prev) {
    path.unshift(at.key);
  }
  return new GraphQLError(error.message, {
    nodes: info.fieldNodes,
    path,
    extensions: error.extensions,
  });
}

/** AppSync fires subscriptions for what was not given another name. */
function mutations(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { data }: Answer,
): Mutated[] {
  if (operation.operation !== OperationTypeNode.MUTATION || data === null) {
    return [];
  }
  const names = rootFields(document, operation)
    .filter((field) => field.alias === undefined)
    .map((field) => field.name.value);
  return [...new Set(names)].flatMap((mutation) => {
    const payload = data[mutation];
    return typeof payload === 'object' && payload !== null
      ? [{ mutation, payload: payload as Mutated['payload'] }]
      : [];
  });
}

function subscriptionField(document: DocumentNode, operation: OperationDefinitionNode): string {
  const [field, ...others] = rootFields(document, operation);
  if (
    operation.operation !== OperationTypeNode.SUBSCRIPTION ||
    field === undefined ||
    others.length > 0
  ) {
    throw new RequestError(
      400,
      'UnsupportedOperation',
      'The realtime endpoint takes one subscription field at a time.',
    );
  }
  return field.name.value;
}
