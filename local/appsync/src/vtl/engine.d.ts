/** The parts of the simulator that are used; its own declarations need packages left out of the install. */

declare module 'amplify-velocity-template' {
  type Syntax = unknown[];
  interface Options {
    valueMapper: (value: unknown, kind?: string) => unknown;
    escape: boolean;
  }
  interface Compile {
    render(context: Record<string, unknown>): string;
    evalStr(text: string): string;
    escapeString(text: string): string;
    _render(syntax: Syntax, condition: unknown): string;
    condition: unknown;
    _state: { stop: boolean; break: boolean; return: boolean };
  }
  const velocity: {
    parse(text: string): Syntax;
    Compile: new (syntax: Syntax, options: Options) => Compile;
    Helper: { getRefText: (syntax: object) => string };
  };
  export default velocity;
}

declare module '@aws-amplify/amplify-appsync-simulator/lib/velocity/util/index.js' {
  type Utilities = Record<string, unknown> & {
    dynamodb: object;
    transform: object;
    map: object;
    list: object;
  };
  export function create(
    errors: unknown[],
    now: Date,
    info: unknown,
    context: { requestAuthorizationMode: string },
  ): Utilities;
}

declare module '@aws-amplify/amplify-appsync-simulator/lib/velocity/util/info.js' {
  export function createInfo(info: unknown): Record<string, unknown>;
}

declare module '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/map.js' {
  export class JavaMap {
    constructor(entries: object, mapper: (value: unknown) => unknown);
    map: Map<string, unknown>;
    toJSON(): Record<string, unknown>;
    put(key: unknown, value: unknown): unknown;
    clear(): void;
  }
}

declare module '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/array.js' {
  export class JavaArray extends Array<unknown> {
    constructor(values: unknown[], mapper: (value: unknown) => unknown);
    toJSON(): unknown[];
  }
}

declare module '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/string.js' {
  export class JavaString {
    constructor(value: string);
    toString(): string;
  }
}

declare module '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/integer.js' {
  export class JavaInteger {
    constructor(value: number);
    value: number;
  }
}

declare module '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/decimal.js' {
  export class JavaDecimal {
    constructor(value: number);
    value: number;
  }
}
