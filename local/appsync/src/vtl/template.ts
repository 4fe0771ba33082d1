/** A mapping template: VTL over a context, yielding JSON. */
import { createInfo } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/util/info.js';
import velocity from 'amplify-velocity-template';
import type { GraphQLResolveInfo } from 'graphql';

import type { Identity } from '../authorization/identity';
import { FieldError } from '../errors';
import { extensions, utilities, type Effects, type Raised } from './utilities';
import { toJava, toPlain } from './values';

/** The variable part of `$ctx`. */
export interface TemplateContext {
  arguments: unknown;
  source: unknown;
  stash: unknown;
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

export interface Rendered {
  result: unknown;
  stash: unknown;
  arguments: unknown;
  /** The template ended in `#return`. */
  returned: boolean;
}

export class Template {
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
    const compiler = new velocity.Compile(this.syntax, { valueMapper: toJava, escape: false });
    const ctx = velocityContext(context, field);
    const raised: Raised = {};
    const util = utilities(field.info, field.identity.mode, field.effects, raised);
    const text = this.run(compiler, { ctx, context: ctx, util, utils: util, extensions: extensions(field.effects) }, raised);
    const returned = compiler._state.return;
    return { result: this.parse(text, returned), stash: toPlain(ctx.stash), arguments: toPlain(ctx.args), returned };
  }

  private run(compiler: InstanceType<typeof velocity.Compile>, context: Record<string, unknown>, raised: Raised): string {
    try {
      return compiler.render(context);
    } catch (error) {
      throw raised.error ?? new FieldError(`${this.name}: ${(error as Error).message}`, 'MappingTemplate');
    }
  }

  private parse(text: string, returned: boolean): unknown {
    const value = parseJson(text);
    if (value === undefined) {
      throw new FieldError(`${this.name} yields no JSON: ${text.trim().slice(0, 200)}`, 'MappingTemplate');
    }
    // `#return($util.toJson(…))` hands over text that is JSON already.
    return returned && typeof value === 'string' ? (parseJson(value) ?? value) : value;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function velocityContext(context: TemplateContext, { identity, headers, info }: FieldContext): Record<string, unknown> {
  const args = toJava(context.arguments);
  return {
    args,
    arguments: args,
    identity: toJava(identity.templateIdentity),
    source: toJava(context.source),
    stash: toJava(context.stash),
    result: toJava(context.result),
    prev: toJava({ result: context.prev }),
    error: toJava(context.error ?? null),
    request: toJava({ headers }),
    info: toJava(createInfo(info)),
  };
}
