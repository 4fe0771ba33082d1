/** Runs pipeline resolvers as AppSync does: before, functions, after; each in VTL or in JavaScript. */
import type { GraphQLResolveInfo } from 'graphql';

import { DataSourceError, type DynamoDbRequest } from './dynamodb';
import type { Exported, Mapping, PipelineFunction } from './exported';
import { Module } from './js/module';
import { Template, type FieldContext, type Handler, type Rendered } from './vtl/template';
import { toJava } from './vtl/values';

export interface DataSource {
  invoke(request: DynamoDbRequest): Promise<unknown>;
}

/** The NONE data source hands back its payload. */
export const NONE: DataSource = {
  invoke: (request) => Promise.resolve((request as { payload?: unknown }).payload ?? null),
};

interface Handlers {
  request: Handler;
  response: Handler;
}

interface Step extends Handlers {
  dataSource: DataSource;
}

interface Pipeline extends Handlers {
  steps: Step[];
}

/** Finds what the manifest names: two templates, or a module. */
type HandlersOf = (mapping: Mapping) => Handlers;

/** What passes from step to step; every template may change arguments and stash. */
interface State {
  source: unknown;
  arguments: unknown;
  stash: unknown;
  prev?: unknown;
}

export type FieldResolver = (
  source: unknown,
  args: unknown,
  field: FieldContext,
) => Promise<unknown>;

/** Values for the `{{placeholders}}` of the exported templates. */
export type Placeholders = (name: string) => string;

/** Resolvers by `Type.field`. */
export function pipelineResolvers(
  { manifest, templates }: Exported,
  dataSources: Map<string, DataSource>,
  placeholder: Placeholders,
): Map<string, FieldResolver> {
  const handlersOf = handlers(templates, placeholder);
  const step = (name: string): Step =>
    stepOf(manifest.functions[name], name, handlersOf, dataSources);
  return new Map(
    manifest.resolvers.map((resolver) => [
      `${resolver.type}.${resolver.field}`,
      run({ ...handlersOf(resolver), steps: resolver.functions.map(step) }),
    ]),
  );
}

function handlers(texts: Map<string, string>, placeholder: Placeholders): HandlersOf {
  const filled = [...texts].map(([name, text]): [string, string] => [
    name,
    text.replace(/\{\{([\w.]+)\}\}/g, (_, one: string) => placeholder(one)),
  ]);
  const [modules, templates] = [new Map<string, Module>(), new Map<string, Template>()];
  for (const [name, text] of filled) {
    if (name.endsWith('.js')) {
      modules.set(name, new Module(name, text));
    } else {
      templates.set(name, new Template(name, text));
    }
  }
  return ({ request, response, code }) =>
    code === undefined
      ? { request: named(templates, request), response: named(templates, response) }
      : named(modules, code);
}

function stepOf(
  config: PipelineFunction | undefined,
  name: string,
  handlersOf: HandlersOf,
  dataSources: Map<string, DataSource>,
): Step {
  const dataSource = dataSources.get(config?.dataSource ?? '');
  if (config === undefined || dataSource === undefined) {
    throw new Error(`function ${name} is not in the manifest, or its data source is not`);
  }
  const { request, response } = handlersOf(config);
  return { request, response, dataSource };
}

function named<T>(found: Map<string, T>, name: string | undefined): T {
  const one = found.get(name ?? '');
  if (one === undefined) {
    throw new Error(`template ${name ?? '?'} is missing`);
  }
  return one;
}

function run({ request, response, steps }: Pipeline): FieldResolver {
  return async (source, args, field) => {
    const state: State = { source, arguments: toJava(args), stash: toJava({}) };
    const before = request.render(state, field);
    if (before.returned && before.skipTo === undefined) {
      return before.result;
    }
    state.prev = before.result;
    for (const step of before.returned ? [] : steps) {
      const { result, skipTo } = await runStep(step, state, field);
      state.prev = result;
      if (skipTo === 'END') {
        break;
      }
    }
    return response.render({ ...state, result: state.prev }, field).result;
  };
}

/** `#return` and an early return in a function's request end that function, not the pipeline. */
async function runStep(
  { request, response, dataSource }: Step,
  state: State,
  field: FieldContext,
): Promise<Rendered> {
  const asked = request.render(state, field);
  if (asked.returned) {
    return asked;
  }
  const outcome = await invoke(dataSource, asked.result as DynamoDbRequest);
  return response.render({ ...state, ...outcome }, field);
}

/** Templates decide what an error of the data source means. */
async function invoke(
  dataSource: DataSource,
  request: DynamoDbRequest,
): Promise<{ result: unknown; error?: { message: string; type: string } }> {
  try {
    return { result: await dataSource.invoke(request) };
  } catch (error) {
    if (!(error instanceof DataSourceError)) {
      throw error;
    }
    return { result: null, error: { message: error.message, type: error.type } };
  }
}

export function fieldName({ parentType, fieldName: name }: GraphQLResolveInfo): string {
  return `${parentType.name}.${name}`;
}
