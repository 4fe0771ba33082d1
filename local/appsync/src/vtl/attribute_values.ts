/** Plain values as DynamoDB attribute values. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr } from '@aws-sdk/util-dynamodb';

export type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Empty strings stay empty strings: the simulator would turn them into nulls. */
export function toAttributeValue(value: unknown): AttributeValue {
  return convertToAttr(value ?? null, { removeUndefinedValues: true });
}
