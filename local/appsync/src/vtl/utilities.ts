/** `$util` and `$extensions`: the simulator's, with the parts replaced that differ from AppSync. */
import { create } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/util/index.js';
import type { GraphQLResolveInfo } from 'graphql';

import { FieldError, notAuthorized } from '../errors';
import { subscriptionFilter, type SubscriptionFilter } from '../realtime/filter';
import type { AuthorizationMode } from '../schema';
import { toAttributeValue } from './attribute_values';
import { dynamoDbExpression, type Filter } from './expressions';
import { toJava, toPlain } from './values';

/** What templates leave behind besides their result. */
export interface Effects {
  /** Raised by `$util.appendError`: reported, and the field keeps its value. */
  appended: FieldError[];
  subscriptionFilter?: SubscriptionFilter;
}

/** Raised by `$util.error` and its kin; the engine wraps and rewords what is thrown, so it is kept here. */
export interface Raised {
  error?: FieldError;
}

export const AUTH_TYPES: Record<AuthorizationMode, string> = {
  API_KEY: 'API Key Authorization',
  AWS_IAM: 'IAM Authorization',
  AMAZON_COGNITO_USER_POOLS: 'User Pool Authorization',
  OPENID_CONNECT: 'Open ID Connect Authorization',
  AWS_LAMBDA: 'Lambda Authorization',
};

export function utilities(
  info: GraphQLResolveInfo,
  mode: AuthorizationMode,
  effects: Effects,
  raised: Raised,
): object {
  return Object.assign(Object.create(SHARED) as object, errors(info, effects, raised), {
    authType: () => AUTH_TYPES[mode],
  });
}

export function extensions(effects: Effects): object {
  return {
    setSubscriptionFilter(filter: unknown): string {
      effects.subscriptionFilter = JSON.parse(String(filter)) as SubscriptionFilter;
      return '';
    },
  };
}

function errors(
  { parentType, fieldName }: GraphQLResolveInfo,
  effects: Effects,
  raised: Raised,
): object {
  const raise = (error: FieldError): never => {
    raised.error = error;
    throw new Error(error.message);
  };
  return {
    error: (...details: unknown[]) => raise(errorFrom(details)),
    unauthorized: () => raise(notAuthorized(parentType.name, fieldName)),
    validate: (isValid: unknown, ...details: unknown[]) =>
      isValid === true ? '' : raise(errorFrom(details)),
    appendError(...details: unknown[]): string {
      effects.appended.push(errorFrom(details));
      return '';
    },
  };
}

function errorFrom([message, errorType, data, errorInfo]: unknown[]): FieldError {
  const type = isNull(errorType) ? null : String(errorType);
  return new FieldError(String(message), type, toPlain(data) ?? null, toPlain(errorInfo) ?? null);
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined;
}

function isNullOrEmpty(value: unknown): boolean {
  const plain = toPlain(value);
  if (typeof plain === 'object' && plain !== null) {
    return Object.keys(plain).length === 0;
  }
  return isNull(plain) || plain === '';
}

function isNullOrBlank(value: unknown): boolean {
  const plain = toPlain(value);
  return isNullOrEmpty(plain) || (typeof plain === 'string' && plain.trim() === '');
}

const nulls = {
  isNull,
  isNullOrEmpty,
  isNullOrBlank,
  defaultIfNull: (value: unknown, other: unknown) => (isNull(value) ? other : value),
  defaultIfNullOrEmpty: (value: unknown, other: unknown) => (isNullOrEmpty(value) ? other : value),
  defaultIfNullOrBlank: (value: unknown, other: unknown) => (isNullOrBlank(value) ? other : value),
};

function toDynamoDB(value: unknown): unknown {
  return toAttributeValue(toPlain(value));
}

const dynamodb = {
  toDynamoDB,
  toDynamoDBJson: (value: unknown) => JSON.stringify(toDynamoDB(value)),
  toMapValues: (values: unknown) => mapValues(values, toDynamoDB),
  toMapValuesJson: (values: unknown) => JSON.stringify(mapValues(values, toDynamoDB)),
};

function mapValues(values: unknown, change: (value: unknown) => unknown): object {
  return Object.fromEntries(
    Object.entries(toPlain(values) as object).map(([key, value]) => [key, change(value)]),
  );
}

const maps = {
  copyAndRetainAllKeys: (map: unknown, keys: unknown) =>
    filterKeys(map, (key) => keyList(keys).includes(key)),
  copyAndRemoveAllKeys: (map: unknown, keys: unknown) =>
    filterKeys(map, (key) => !keyList(keys).includes(key)),
};

function filterKeys(map: unknown, keeps: (key: string) => boolean): unknown {
  return toJava(
    Object.fromEntries(Object.entries(toPlain(map) as object).filter(([key]) => keeps(key))),
  );
}

function keyList(keys: unknown): unknown[] {
  return toPlain(keys) as unknown[];
}

const lists = {
  copyAndRetainAll: (list: unknown, kept: unknown) =>
    toJava(keyList(list).filter((value) => keyList(kept).includes(value))),
  copyAndRemoveAll: (list: unknown, removed: unknown) =>
    toJava(keyList(list).filter((value) => !keyList(removed).includes(value))),
};

const transforms = {
  toDynamoDBConditionExpression: (condition: unknown) =>
    JSON.stringify(dynamoDbExpression(toPlain(condition) as Filter)),
  toDynamoDBFilterExpression: (filter: unknown) =>
    JSON.stringify(dynamoDbExpression(toPlain(filter) as Filter)),
  toSubscriptionFilter: (filter: unknown) =>
    JSON.stringify(subscriptionFilter(toPlain(filter) as Filter)),
};

/** What does not depend on the request, built once: it is most of `$util`. */
const SHARED = sharedUtilities();

function sharedUtilities(): object {
  const util = create([], new Date(), {}, { requestAuthorizationMode: '' });
  return {
    ...util,
    ...nulls,
    toJson: (value: unknown) => JSON.stringify(value ?? null),
    dynamodb: { ...util.dynamodb, ...dynamodb },
    map: { ...util.map, ...maps },
    list: { ...util.list, ...lists },
    transform: { ...util.transform, ...transforms },
  };
}
