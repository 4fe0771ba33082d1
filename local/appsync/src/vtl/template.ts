/** A mapping template: VTL over a context, yielding JSON. */
import { createInfo } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/util/info.js';
import velocity from 'amplify-velocity-template';
import type { GraphQLResolveInfo } from 'graphql';

import type { Identity } from '../authorization/identity';
import { FieldError } from '../errors';
import { extensions, utilities, type Effects, type Raised } from './utilities';
import { toJava } from './values';

/** The variable part of `$ctx`. Arguments and stash are Java values, which templates change in place. */
export interface TemplateContext {
  arguments: unknown;
  stash: unknown;
  source: unknown;
  result?: unknown;
  prev?: unknown;
  error?: { message: string; type: string } | undefined;
}

/** The part of `$ctx` that stays for a whole field. */
export interface FieldContext {
  identity: Identity;
  headers: Record<string, string>;
  info: GraphQLResolveInfo;
  effects: Effects;
}

/** Where a pipeline goes on after `runtime.earlyReturn`. */
export type SkipTo = 'END' | 'NEXT';

export interface Rendered {
  result: unknown;
  /** The template ended in `#return`, or the module in `runtime.earlyReturn`. */
  returned: boolean;
  /** Said by `runtime.earlyReturn` alone. */
  skipTo?: SkipTo;
}

/** One half of a resolver or function, in VTL or in JavaScript. */
export interface Handler {
  /** Throws FieldError. */
  render(context: TemplateContext, field: FieldContext): Rendered;
}

/** The engine parses the string literals of a template each time it meets them. */
class Compiler extends velocity.Compile {
  private static readonly literals = new Map<string, unknown[]>();

  override evalStr(text: string): string {
    const escaped = this.escapeString(text);
    const syntax = Compiler.literals.get(escaped) ?? velocity.parse(escaped);
    Compiler.literals.set(escaped, syntax);
    return this._render(syntax, this.condition);
  }
}

/** The engine writes out every reference anew to look it up by its text. */
const writeReference = velocity.Helper.getRefText;
const references = new WeakMap<object, string>();

velocity.Helper.getRefText = (syntax) => {
  const text = references.get(syntax) ?? writeReference(syntax);
  references.set(syntax, text);
  return text;
};

export class Template implements Handler {
  private readonly syntax: unknown[];

  constructor(
    readonly name: string,
    text: string,
  ) {
    this.syntax = velocity.parse(text);
  }

  /** Throws FieldError when the template raises an error or yields no JSON. */
  render(context: TemplateContext, field: FieldContext): Rendered {
    // A compiler keeps loop variables after an error, so each rendering has its own.
    const compiler = new Compiler(this.syntax, { valueMapper: toJava, escape: false });
    const ctx = velocityContext(context, field);
    const raised: Raised = {};
    const util = utilities(field.info, field.identity.mode, field.effects, raised);
    const text = this.run(
      compiler,
      { ctx, context: ctx, util, utils: util, extensions: extensions(field.effects) },
      raised,
    );
    const returned = compiler._state.return;
    return { result: this.parse(text, returned), returned };
  }

  private run(compiler: Compiler, context: Record<string, unknown>, raised: Raised): string {
    try {
      return compiler.render(context);
    } catch (error) {
      throw (
        raised.error ??
        new FieldError(`${this.name}: ${(error as Error).message}`, 'MappingTemplate')
      );
    }
  }

  private parse(text: string, returned: boolean): unknown {
    const value = parseJson(text);
    if (value === undefined) {
      throw new FieldError(
        `${this.name} yields no JSON: ${text.trim().slice(0, 200)}`,
        'MappingTemplate',
      );
    }
    return returned ? unquoted(value) : value;
  }
}

/** `#return($util.toJson(…))` hands over text that is JSON already. */
function unquoted(value: unknown): unknown {
  const inner = typeof value === 'string' ? parseJson(value) : undefined;
  return inner === undefined ? value : inner;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Templates look at few of these, and may change each in place: converted when first asked for. */
function velocityContext(
  { arguments: args, stash, source, result, prev, error }: TemplateContext,
  { identity, headers, info }: FieldContext,
): Record<string, unknown> {
  return Object.defineProperties(
    { args, arguments: args, stash },
    {
      source: lazy(() => toJava(source)),
      result: lazy(() => toJava(result)),
      prev: lazy(() => toJava({ result: prev })),
      error: lazy(() => toJava(error ?? null)),
      identity: lazy(() => toJava(identity.templateIdentity)),
      request: lazy(() => toJava({ headers })),
      info: lazy(() => toJava(createInfo(info))),
    },
  );
}

function lazy(make: () => unknown): { get: () => unknown } {
  let made: unknown;
  return { get: () => (made ??= make()) };
}
