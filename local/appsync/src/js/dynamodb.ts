/** `@aws-appsync/utils/dynamodb`: requests from plain values. Reads only: rows are written by generated mutations. */
import { toAttributeValue, type AttributeValue } from '../vtl/attribute_values';
import { dynamoDbExpression, type Filter } from '../vtl/expressions';
import { own } from './realm';

type Key = Record<string, unknown>;

interface Pages {
  filter?: Filter | null;
  index?: string;
  limit?: number | null;
  nextToken?: string | null;
  scanIndexForward?: boolean;
  consistentRead?: boolean;
}

export const dynamodb = {
  get: ({ key, ...rest }: { key: Key; consistentRead?: boolean }) => ({
    operation: 'GetItem',
    key: attributes(key),
    ...rest,
  }),
  query: ({ query, ...rest }: Pages & { query: Filter }) => ({
    operation: 'Query',
    query: dynamoDbExpression(own(query), 'key'),
    ...pages(rest),
  }),
  scan: (given: Pages) => ({ operation: 'Scan', ...pages(given) }),
};

function attributes(key: Key): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(own(key)).map(([name, value]) => [name, toAttributeValue(value)]),
  );
}

function pages({ filter, ...rest }: Pages): object {
  return { ...rest, ...(filter && { filter: dynamoDbExpression(own(filter)) }) };
}
