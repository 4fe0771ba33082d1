/** Server-side subscription filters: groups of conditions; any group, all of its conditions. */
import type { Filter } from '../vtl/expressions';

export interface Condition {
  fieldName: string;
  operator: string;
  value: unknown;
}

export interface SubscriptionFilter {
  filterGroup: { filters: Condition[] }[];
}

/** What `$util.transform.toSubscriptionFilter` makes of a filter argument. */
export function subscriptionFilter(filter: Filter): SubscriptionFilter {
  return { filterGroup: alternatives(filter).map((filters) => ({ filters })) };
}

/** Disjunctive normal form: each alternative is a list of conditions that hold together. */
function alternatives(filter: Filter): Condition[][] {
  return Object.entries(filter)
    .map(([key, value]) => part(key, value))
    .reduce(both, [[]]);
}

function part(key: string, value: unknown): Condition[][] {
  switch (key) {
    case 'and':
      return (value as Filter[]).map(alternatives).reduce(both, [[]]);
    case 'or':
      return (value as Filter[]).flatMap(alternatives);
    default:
      return [
        Object.entries(value as Filter).map(([operator, operand]) => ({
          fieldName: key,
          operator,
          value: operand,
        })),
      ];
  }
}

function both(left: Condition[][], right: Condition[][]): Condition[][] {
  return left.flatMap((conditions) => right.map((others) => [...conditions, ...others]));
}

export function passes(
  { filterGroup }: SubscriptionFilter,
  payload: Record<string, unknown>,
): boolean {
  return filterGroup.some(({ filters }) => filters.every((condition) => holds(condition, payload)));
}

function holds(
  { fieldName, operator, value }: Condition,
  payload: Record<string, unknown>,
): boolean {
  const test = OPERATORS[operator];
  return test !== undefined && test(at(payload, fieldName), value);
}

/** `a.b` is field b of field a. */
function at(payload: Record<string, unknown>, fieldName: string): unknown {
  return (
    fieldName
      .split('.')
      .reduce<unknown>(
        (value, key) => (value as Record<string, unknown> | null | undefined)?.[key],
        payload,
      ) ?? null
  );
}

type Operator = (actual: unknown, expected: unknown) => boolean;

const OPERATORS: Record<string, Operator> = {
  eq: equal,
  ne: (actual, expected) => !equal(actual, expected),
  lt: (actual, expected) => compare(actual, expected, (left, right) => left < right),
  le: (actual, expected) => compare(actual, expected, (left, right) => left <= right),
  gt: (actual, expected) => compare(actual, expected, (left, right) => left > right),
  ge: (actual, expected) => compare(actual, expected, (left, right) => left >= right),
  in: (actual, expected) => listOf(expected).some((one) => equal(actual, one)),
  notIn: (actual, expected) => !listOf(expected).some((one) => equal(actual, one)),
  contains: includes,
  notContains: (actual, expected) => !includes(actual, expected),
  containsAny: (actual, expected) => listOf(expected).some((one) => includes(actual, one)),
  beginsWith: (actual, expected) =>
    typeof actual === 'string' && actual.startsWith(String(expected)),
  between: (actual, expected) => between(actual, listOf(expected)),
};

function equal(actual: unknown, expected: unknown): boolean {
  return actual === (expected ?? null);
}

type Ordered = number | string;

/** Only numbers with numbers and strings with strings have an order. */
function compare(
  actual: unknown,
  expected: unknown,
  holds: (left: Ordered, right: Ordered) => boolean,
): boolean {
  return (
    typeof actual === typeof expected &&
    isOrdered(actual) &&
    isOrdered(expected) &&
    holds(actual, expected)
  );
}

function isOrdered(value: unknown): value is Ordered {
  return typeof value === 'number' || typeof value === 'string';
}

function includes(actual: unknown, expected: unknown): boolean {
  return typeof actual === 'string'
    ? actual.includes(String(expected))
    : Array.isArray(actual) && actual.includes(expected);
}

function between(actual: unknown, [low, high]: unknown[]): boolean {
  return (
    compare(actual, low, (left, right) => left >= right) &&
    compare(actual, high, (left, right) => left <= right)
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
