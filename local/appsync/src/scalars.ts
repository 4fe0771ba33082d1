/** The scalars of AppSync, as strict as AppSync. */
import { isIP } from 'node:net';

import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

/** Source of the formats: AWS AppSync Developer Guide, "Scalar types in GraphQL". */
const OFFSET = /(?:Z|[+-](?:0\d|1[0-8]):[0-5]\d(?::[0-5]\d)?)/.source;
const TIME = /(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?/.source;
const DATE = /-?\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/.source;
const AWS_DATE = new RegExp(`^${DATE}${OFFSET}?$`);
const AWS_TIME = new RegExp(`^${TIME}${OFFSET}?$`);
const AWS_DATE_TIME = new RegExp(`^${DATE}T${TIME}${OFFSET}$`);
const AWS_EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const AWS_PHONE = /^\+?[\d\s()-]{4,20}$/;

/** How a stored AWSJSON value leaves: as text, or untouched because it already is text. */
export type JsonOutput = 'stringify' | 'verbatim';

export function awsScalars(jsonOutput: JsonOutput): Record<string, GraphQLScalarType> {
  const scalars = [
    text('AWSDate', (value) => AWS_DATE.test(value) && isCalendarDay(value)),
    text('AWSTime', (value) => AWS_TIME.test(value)),
    text('AWSDateTime', (value) => AWS_DATE_TIME.test(value) && isCalendarDay(value)),
    text('AWSEmail', (value) => AWS_EMAIL.test(value)),
    text('AWSPhone', (value) => AWS_PHONE.test(value)),
    text('AWSURL', (value) => URL.canParse(value)),
    text('AWSIPAddress', (value) => isIP(value.split('/')[0] ?? '') !== 0),
    timestamp(),
    json(jsonOutput),
  ];
  return Object.fromEntries(scalars.map((scalar) => [scalar.name, scalar]));
}

function text(
  name: string,
  isValid: (value: string) => boolean,
): GraphQLScalarType<string, string> {
  const check = (value: unknown): string => {
    if (typeof value !== 'string' || !isValid(value)) {
      throw new GraphQLError(`Can't parse \`${String(value)}\` as a valid ${name}`);
    }
    return value;
  };
  return new GraphQLScalarType({
    name,
    serialize: check,
    parseValue: check,
    parseLiteral: (node) => check(stringOf(node)),
  });
}

/** The 30th of February matches the pattern and is no day. */
function isCalendarDay(value: string): boolean {
  const day = /^-?(\d{4})-(\d\d)-(\d\d)/.exec(value);
  if (day === null) {
    return false;
  }
  const [, year, month, date] = day.map(Number) as [number, number, number, number];
  return new Date(Date.UTC(year, month - 1, date)).getUTCDate() === date;
}

function timestamp(): GraphQLScalarType<number, number> {
  const check = (value: unknown): number => {
    if (!Number.isSafeInteger(value)) {
      throw new GraphQLError(`Can't parse \`${String(value)}\` as a valid AWSTimestamp`);
    }
    return value as number;
  };
  const parseLiteral = (node: ValueNode): number =>
    check(node.kind === Kind.INT ? Number(node.value) : undefined);
  return new GraphQLScalarType({
    name: 'AWSTimestamp',
    serialize: check,
    parseValue: check,
    parseLiteral,
  });
}

/** Resolvers see the parsed value; clients send and get text. */
function json(output: JsonOutput): GraphQLScalarType {
  const serialize = (value: unknown): unknown =>
    output === 'stringify' ? JSON.stringify(value) : value;
  return new GraphQLScalarType({
    name: 'AWSJSON',
    serialize,
    parseValue: parseJson,
    parseLiteral: (node) => parseJson(stringOf(node)),
  });
}

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') {
    throw new GraphQLError('AWSJSON is sent as a JSON string, not as an object');
  }
  try {
    return JSON.parse(value);
  } catch {
    throw new GraphQLError(`Can't parse \`${value.slice(0, 100)}\` as valid JSON`);
  }
}

function stringOf(node: ValueNode): string | undefined {
  return node.kind === Kind.STRING ? node.value : undefined;
}
