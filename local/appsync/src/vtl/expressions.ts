/** Filters and conditions of the generated API as DynamoDB expressions. */
import { toAttributeValue, type AttributeValue } from './attribute_values';

export interface Expression {
  expression: string;
  expressionNames: Record<string, string>;
  expressionValues: Record<string, AttributeValue>;
}

export type Filter = Record<string, unknown>;

const COMPARISONS: Record<string, string> = {
  eq: '=',
  ne: '<>',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};

const FUNCTIONS: Record<string, string> = {
  beginsWith: 'begins_with',
  contains: 'contains',
  notContains: 'NOT contains',
};

const ATTRIBUTE_TYPES: Record<string, string> = {
  binary: 'B',
  binarySet: 'BS',
  bool: 'BOOL',
  list: 'L',
  map: 'M',
  number: 'N',
  numberSet: 'NS',
  string: 'S',
  stringSet: 'SS',
  _null: 'NULL',
};

export class UnknownOperator extends Error {}

/** `prefix` begins the names of the values: two expressions of one request need two. */
export function dynamoDbExpression(filter: Filter, prefix = 'filter'): Expression {
  const writer = new ExpressionWriter(prefix);
  const expression = writer.all(filter);
  return { expression, expressionNames: writer.names, expressionValues: writer.values };
}

class ExpressionWriter {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, AttributeValue> = {};

  constructor(private readonly prefix: string) {}

  all(filter: Filter): string {
    return join(
      Object.entries(filter).map(([key, value]) => this.part(key, value)),
      'AND',
    );
  }

  private part(key: string, value: unknown): string {
    switch (key) {
      case 'and':
        return join(this.each(value), 'AND');
      case 'or':
        return join(this.each(value), 'OR');
      case 'not':
        return negate(this.all(value as Filter));
      default:
        return this.field(key, value as Filter);
    }
  }

  private each(filters: unknown): string[] {
    return [filters].flat().map((filter) => this.all(filter as Filter));
  }

  private field(name: string, operators: Filter): string {
    const reference = `#${name}`;
    this.names[reference] = name;
    return join(
      Object.entries(operators).map(([operator, value]) =>
        this.operation(reference, operator, value),
      ),
      'AND',
    );
  }

  private operation(subject: string, operator: string, value: unknown): string {
    const simple = this.comparison(subject, operator, value);
    if (simple !== undefined) {
      return simple;
    }
    switch (operator) {
      case 'attributeExists':
        return `${value === true ? 'attribute_exists' : 'attribute_not_exists'}(${subject})`;
      case 'attributeType':
        return `attribute_type(${subject}, ${this.value(ATTRIBUTE_TYPES[String(value)])})`;
      case 'size':
        return this.size(subject, value as Filter);
      default:
        throw new UnknownOperator(`Unknown filter operator ${operator}`);
    }
  }

  private comparison(subject: string, operator: string, value: unknown): string | undefined {
    const sign = COMPARISONS[operator];
    if (sign !== undefined) {
      return `${subject} ${sign} ${this.value(value)}`;
    }
    if (operator === 'between') {
      const [low, high] = value as [unknown, unknown];
      return `${subject} BETWEEN ${this.value(low)} AND ${this.value(high)}`;
    }
    const name = FUNCTIONS[operator];
    return name && `${name}(${subject}, ${this.value(value)})`;
  }

  private size(subject: string, operators: Filter): string {
    const parts = Object.entries(operators).map(([operator, value]) =>
      this.comparison(`size(${subject})`, operator, value),
    );
    return join(
      parts.filter((part) => part !== undefined),
      'AND',
    );
  }

  /** Numbered, so that no name meets one of the template's own. */
  private value(value: unknown): string {
    const reference = `:${this.prefix}_${Object.keys(this.values).length}`;
    this.values[reference] = toAttributeValue(value);
    return reference;
  }
}

function join(parts: string[], operator: 'AND' | 'OR'): string {
  const written = parts.filter((part) => part !== '');
  return written.length > 1 ? `(${written.join(` ${operator} `)})` : (written[0] ?? '');
}

function negate(expression: string): string {
  return expression === '' ? '' : `(NOT ${expression})`;
}
