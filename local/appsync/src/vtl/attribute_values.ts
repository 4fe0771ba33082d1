/** Plain values as DynamoDB attribute values. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr } from '@aws-sdk/util-dynamodb';

import { isPlainObject } from './values';

export type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * Empty strings stay empty strings: the simulator would turn them into nulls. Maps are not left to
 * the SDK, which takes one with a key `constructor` for an instance of some class.
 */
export function toAttributeValue(value: unknown): AttributeValue {
  if (Array.isArray(value)) {
    return { L: value.filter(isValue).map(toAttributeValue) };
  }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, one]) => isValue(one));
    return { M: Object.fromEntries(entries.map(([key, one]) => [key, toAttributeValue(one)])) };
  }
  return convertToAttr(value ?? null, { removeUndefinedValues: true });
}

function isValue(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function';
}
