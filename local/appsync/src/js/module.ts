/** A resolver or function in JavaScript (APPSYNC_JS): a module with `request` and `response`. */
import { createContext, runInContext, type Context } from 'node:vm';

import { createInfo } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/util/info.js';
import { transformSync } from 'esbuild';

import { FieldError } from '../errors';
import type { FieldContext, Handler, Rendered, TemplateContext } from '../vtl/template';
import { fillMap, toPlain } from '../vtl/values';
import { dynamodb } from './dynamodb';
import { EarlyReturn, libraries } from './libraries';
import { own } from './realm';

type Name = 'request' | 'response';
type Exports = Partial<Record<Name, (ctx: unknown) => unknown>>;

type Loader = (module: object, require: (path: string) => object) => void;

/** Parts of JavaScript that APPSYNC_JS does not have, or that would give another result each time. */
const ABSENT = [
  ...['AggregateError', 'Atomics', 'Date', 'FinalizationRegistry', 'Function', 'Intl', 'Iterator'],
  ...['Map', 'Promise', 'Proxy', 'Reflect', 'RegExp', 'Set', 'SharedArrayBuffer', 'Symbol'],
  ...['WeakMap', 'WeakRef', 'WeakSet', 'WebAssembly', 'eval', 'structuredClone'],
];

export class Module {
  readonly request = this.handler('request');
  readonly response = this.handler('response');
  private readonly context: Context;
  private readonly exports: Exports = {};
  private field: FieldContext | undefined;

  /** Throws when the text is no module, or imports what AppSync does not have. */
  constructor(
    readonly name: string,
    text: string,
  ) {
    const { code } = transformSync(text, { format: 'cjs', loader: 'js', sourcefile: name });
    this.context = this.newContext();
    runInContext(ABSENT.map((one) => `delete globalThis.${one};`).join(''), this.context);
    const load = this.loader(code);
    const module = { exports: this.exports };
    load(module, (path) => this.imported(path));
    this.exports = module.exports;
  }

  private newContext(): Context {
    const globals = { ...this.libraries, console };
    return createContext(globals, { codeGeneration: { strings: false, wasm: false } });
  }

  private loader(code: string): Loader {
    const text = `(module, require) => {${code}\n}`;
    return runInContext(text, this.context, { filename: this.name }) as Loader;
  }

  private readonly libraries = libraries(() => {
    if (this.field === undefined) {
      throw new Error(`${this.name} resolves no field while it is loaded`);
    }
    return this.field;
  });

  private imported(path: string): object {
    switch (path) {
      case '@aws-appsync/utils':
        return this.libraries;
      case '@aws-appsync/utils/dynamodb':
        return dynamodb;
      default:
        throw new Error(`${this.name} imports ${path}, which this server does not have`);
    }
  }

  private handler(name: Name): Handler {
    return { render: (context, field) => this.run(name, context, field) };
  }

  /** Throws FieldError. */
  private run(name: Name, context: TemplateContext, field: FieldContext): Rendered {
    const ctx = this.contextOf(context, field);
    this.field = field;
    try {
      return { result: own(this.exports[name]?.(ctx)) ?? null, returned: false };
    } catch (error) {
      return this.returned(error);
    } finally {
      fillMap(context.stash, own(ctx.stash));
    }
  }

  private returned(error: unknown): Rendered {
    if (error instanceof EarlyReturn) {
      return { result: own(error.value) ?? null, returned: true, skipTo: error.skipTo };
    }
    throw error instanceof FieldError
      ? error
      : new FieldError(`${this.name}: ${(error as Error).message}`, 'Code');
  }

  private contextOf(context: TemplateContext, field: FieldContext): { stash: object } {
    const ctx = this.inside(given(context, field)) as { stash: object };
    // Written out when asked for: fragments that name each other make it grow without end.
    const info = (): unknown => this.inside(createInfo(field.info));
    return Object.defineProperty(ctx, 'info', { get: info });
  }

  /** A value of the realm in which the module runs. */
  private inside(value: unknown): unknown {
    const parse = runInContext('JSON.parse', this.context) as (text: string) => unknown;
    return parse(JSON.stringify(value));
  }
}

function given(context: TemplateContext, { identity, headers }: FieldContext): object {
  const args = toPlain(context.arguments);
  return {
    args,
    arguments: args,
    stash: toPlain(context.stash),
    source: context.source ?? null,
    result: context.result ?? null,
    prev: { result: context.prev ?? null },
    error: context.error,
    identity: identity.templateIdentity,
    request: { headers, domainName: null },
    env: {},
  };
}
