/** Parses and validates GraphQL documents; the same text is looked at once. */
import {
  getOperationAST,
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { RequestError } from './errors';

export interface Checked {
  document: DocumentNode;
  faults: readonly GraphQLError[];
}

const MOST_DOCUMENTS = 500;

export class Documents {
  private readonly checked = new Map<string, Checked>();

  constructor(private readonly schema: GraphQLSchema) {}

  /** Throws RequestError 400 when the text is no GraphQL. */
  check(query: string): Checked {
    const found = this.checked.get(query) ?? this.read(query);
    this.checked.delete(query);
    this.checked.set(query, found);
    this.forgetOldest();
    return found;
  }

  private read(query: string): Checked {
    const document = parsed(query);
    return { document, faults: validate(this.schema, document) };
  }

  private forgetOldest(): void {
    const [oldest] = this.checked.keys();
    if (this.checked.size > MOST_DOCUMENTS && oldest !== undefined) {
      this.checked.delete(oldest);
    }
  }
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query);
  } catch (error) {
    throw new RequestError(
      400,
      'MalformedHttpRequestException',
      `Unable to parse GraphQL query. ${(error as Error).message}`,
    );
  }
}

/** Throws RequestError 400 unless the name, or its absence, picks one operation. */
export function operationOf(
  document: DocumentNode,
  operationName: string | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    throw new RequestError(
      400,
      'BadRequestException',
      'Must provide operation name if query contains multiple operations.',
    );
  }
  return operation;
}

/** Fields at the root of an operation, through fragments; each fragment counts once, as it runs. */
export function rootFields(
  document: DocumentNode,
  { selectionSet }: { selectionSet: SelectionSetNode },
  followed = new Set<string>(),
): FieldNode[] {
  return selectionSet.selections.flatMap((selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return [selection];
      case Kind.INLINE_FRAGMENT:
        return rootFields(document, selection, followed);
      case Kind.FRAGMENT_SPREAD:
        return fragmentFields(document, selection.name.value, followed);
    }
  });
}

function fragmentFields(document: DocumentNode, name: string, followed: Set<string>): FieldNode[] {
  const found = document.definitions.find(
    (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name,
  );
  if (found?.kind !== Kind.FRAGMENT_DEFINITION || followed.has(name)) {
    return [];
  }
  return rootFields(document, found, followed.add(name));
}
