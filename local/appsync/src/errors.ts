/** Errors in the shapes in which AppSync sends them. */
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';

/** Refuses a whole request: `{"errors": [{errorType, message}]}` with a status. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    readonly errorType: string,
    message: string,
  ) {
    super(message);
  }

  get body(): { errors: { errorType: string; message: string }[] } {
    return { errors: [{ errorType: this.errorType, message: this.message }] };
  }
}

/** Fails one field. */
export class FieldError extends GraphQLError {
  constructor(
    message: string,
    errorType: string | null,
    data: unknown = null,
    errorInfo: unknown = null,
  ) {
    super(message, { extensions: { errorType, data, errorInfo } });
  }
}

export function notAuthorized(typeName: string, fieldName: string): FieldError {
  return new FieldError(
    `Not Authorized to access ${fieldName} on type ${typeName}`,
    'Unauthorized',
  );
}

export interface AppSyncError {
  path: readonly (string | number)[] | null;
  data?: unknown;
  errorType?: unknown;
  errorInfo?: unknown;
  locations: { line: number; column: number; sourceName: null }[] | null;
  message: string;
}

/** One error of an executed field. */
export function fieldError(error: GraphQLError, schema: GraphQLSchema): AppSyncError {
  const { errorType, data, errorInfo } = error.extensions;
  const path = error.path ?? null;
  const kind =
    errorType === undefined ? {} : { data: data ?? null, errorType, errorInfo: errorInfo ?? null };
  return { path, ...kind, locations: locationsOf(error), message: fieldMessage(error, schema) };
}

/** One error of a document that was never executed. */
export function documentError(error: GraphQLError): AppSyncError {
  return { path: null, locations: locationsOf(error), message: documentMessage(error) };
}

function locationsOf(error: GraphQLFormattedError): AppSyncError['locations'] {
  return error.locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null;
}

const NULL_FIELD = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/;

/** AppSync names the type and the place; graphql-js names the field. */
function fieldMessage(error: GraphQLError, schema: GraphQLSchema): string {
  const [, typeName, fieldName] = NULL_FIELD.exec(error.message) ?? [];
  if (typeName === undefined || fieldName === undefined) {
    return error.message;
  }
  const type = schema.getType(typeName);
  const field = type && 'getFields' in type ? type.getFields()[fieldName] : undefined;
  const inner = String(field?.type).replace(/!$/, '');
  return `Cannot return null for non-nullable type: '${inner}' within parent '${typeName}' (${placeOf(error)})`;
}

function placeOf(error: GraphQLError): string {
  return (error.path ?? [])
    .map((key) => (typeof key === 'number' ? `[${key}]` : `/${key}`))
    .join('');
}

/** First words of graphql-js on a fault, and the name that AppSync gives to it. */
const VALIDATION_KINDS: [RegExp, string][] = [
  [/^Cannot query field/, 'FieldUndefined'],
  [/^Unknown argument/, 'UnknownArgument'],
  [/^Unknown type/, 'UnknownType'],
  [/^Unknown fragment/, 'UndefinedFragment'],
  [/^Variable "\$\w+" is not defined/, 'UndefinedVariable'],
  [/^Field "\w+" of type .* must have a selection/, 'SubSelectionRequired'],
  [/^Field "\w+" must not have a selection/, 'SubSelectionNotAllowed'],
  [/^Field "\w+" argument "\w+" of type .* is required/, 'MissingFieldArgument'],
  [
    /cannot represent|Expected value of type|is not defined by type|does not exist in|of required type/,
    'WrongType',
  ],
];

/** Variables that name what the schema lacks, in AppSync's words. Their values are not repeated. */
const UNKNOWN_IN_VARIABLES: [RegExp, string][] = [
  [
    /Field "(\w+)" is not defined by type "(\w+)"/,
    "The variables input contains a field name '$1' that is not defined for input object type '$2' ",
  ],
  [
    /^Variable "\$(\w+)".*Value "(\w+)" does not exist in "(\w+)" enum/s,
    "Variable '$1' has an invalid value: Invalid input for Enum '$3'. No value found for name '$2'.",
  ],
];

function variableMessage(message: string): string {
  for (const [pattern, words] of UNKNOWN_IN_VARIABLES) {
    const [found] = pattern.exec(message) ?? [];
    if (found !== undefined) {
      return found.replace(pattern, words);
    }
  }
  return message;
}

function documentMessage(error: GraphQLError): string {
  if (/^Variable "\$\w+" (?!is not defined)/.test(error.message)) {
    return variableMessage(error.message);
  }
  const kind = VALIDATION_KINDS.find(([pattern]) => pattern.test(error.message))?.[1];
  return kind === undefined ? error.message : `Validation error of type ${kind}: ${error.message}`;
}
