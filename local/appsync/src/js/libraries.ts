/** `util`, `runtime` and `extensions` of APPSYNC_JS; what they do is what VTL's do, where that has them too. */
import { randomUUID } from 'node:crypto';

import { FieldError, notAuthorized } from '../errors';
import { subscriptionFilter, type SubscriptionFilter } from '../realtime/filter';
import { toAttributeValue } from '../vtl/attribute_values';
import { dynamoDbExpression, type Filter } from '../vtl/expressions';
import type { FieldContext, SkipTo } from '../vtl/template';
import { AUTH_TYPES } from '../vtl/utilities';
import { own } from './realm';

export class EarlyReturn extends Error {
  constructor(
    readonly value: unknown,
    readonly skipTo: SkipTo,
  ) {
    super('early return');
  }
}

export interface Libraries {
  util: object;
  runtime: object;
  extensions: object;
}

/** `field` tells which field is being resolved: a module is loaded once, and serves every request. */
export function libraries(field: () => FieldContext): Libraries {
  return {
    util: { ...errors(field), ...identity(field), ...text, time, dynamodb, transform },
    runtime: {
      earlyReturn: (value?: unknown, { skipTo }: { skipTo?: SkipTo } = {}): never => {
        throw new EarlyReturn(value, skipTo ?? 'NEXT');
      },
    },
    extensions: {
      setSubscriptionFilter: (filter: unknown): void => {
        field().effects.subscriptionFilter = parsed(filter) as SubscriptionFilter;
      },
    },
  };
}

function errors(field: () => FieldContext): object {
  return {
    error: (...details: unknown[]): never => {
      throw fieldError(details);
    },
    appendError: (...details: unknown[]): void => {
      field().effects.appended.push(fieldError(details));
    },
    unauthorized: (): never => {
      const { parentType, fieldName } = field().info;
      throw notAuthorized(parentType.name, fieldName);
    },
  };
}

function fieldError([message, type, data, errorInfo]: unknown[]): FieldError {
  const kind = typeof type === 'string' ? type : null;
  return new FieldError(String(message), kind, own(data) ?? null, own(errorInfo) ?? null);
}

function identity(field: () => FieldContext): object {
  return { authType: () => AUTH_TYPES[field().identity.mode] };
}

const text = {
  autoId: () => randomUUID(),
  matches: (pattern: string, given: string) => new RegExp(pattern).test(given),
};

const time = {
  nowISO8601: () => new Date().toISOString(),
  nowEpochSeconds: () => Math.floor(Date.now() / 1000),
  nowEpochMilliSeconds: () => Date.now(),
  parseISO8601ToEpochMilliSeconds: (given: string) => Date.parse(given),
  epochMilliSecondsToISO8601: (at: number) => new Date(at).toISOString(),
};

const dynamodb = {
  toDynamoDB: (value: unknown) => toAttributeValue(own(value)),
  toMapValues: (values: object) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, toAttributeValue(own(value))]),
    ),
};

/** These yield text on AWS too: a resolver parses it. */
const transform = {
  toDynamoDBFilterExpression: (filter: Filter) => JSON.stringify(dynamoDbExpression(own(filter))),
  toSubscriptionFilter: (filter: Filter) => JSON.stringify(subscriptionFilter(own(filter))),
};

function parsed(value: unknown): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : own(value);
}
