/** Runs pipeline resolvers as AppSync does: before template, functions, after template. */
import type { GraphQLResolveInfo } from 'graphql';

import { DataSourceError, type DynamoDbRequest } from './dynamodb';
import type { Exported, PipelineFunction, Resolver } from './exported';
import { Template, type FieldContext } from './vtl/template';
import { toJava } from './vtl/values';

export interface DataSource {
  invoke(request: DynamoDbRequest): Promise<unknown>;
}

/** The NONE data source hands back its payload. */
export const NONE: DataSource = {
  invoke: (request) => Promise.resolve((request as { payload?: unknown }).payload ?? null),
};

interface Step {
  request: Template;
  response: Template;
  dataSource: DataSource;
}

interface Pipeline {
  request: Template;
  response: Template;
  steps: Step[];
}

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
  const parsed = parsedTemplates(templates, placeholder);
  const step = (name: string): Step => stepOf(manifest.functions[name], name, parsed, dataSources);
  return new Map(
    manifest.resolvers.map((resolver) => [
      `${resolver.type}.${resolver.field}`,
      run(pipelineOf(resolver, parsed, step)),
    ]),
  );
}

function parsedTemplates(
  templates: Map<string, string>,
  placeholder: Placeholders,
): Map<string, Template> {
  const fill = (text: string): string =>
    text.replace(/\{\{([\w.]+)\}\}/g, (_, name: string) => placeholder(name));
  return new Map([...templates].map(([name, text]) => [name, new Template(name, fill(text))]));
}

function pipelineOf(
  resolver: Resolver,
  parsed: Map<string, Template>,
  step: (name: string) => Step,
): Pipeline {
  return {
    request: named(parsed, resolver.request),
    response: named(parsed, resolver.response),
    steps: resolver.functions.map(step),
  };
}

function stepOf(
  config: PipelineFunction | undefined,
  name: string,
  parsed: Map<string, Template>,
  dataSources: Map<string, DataSource>,
): Step {
  const dataSource = dataSources.get(config?.dataSource ?? '');
  if (config === undefined || dataSource === undefined) {
    throw new Error(`function ${name} is not in the manifest, or its data source is not`);
  }
  return {
    request: named(parsed, config.request),
    response: named(parsed, config.response),
    dataSource,
  };
}

function named(parsed: Map<string, Template>, name: string | undefined): Template {
  const template = parsed.get(name ?? '');
  if (template === undefined) {
    throw new Error(`template ${name ?? '?'} is missing`);
  }
  return template;
}

function run({ request, response, steps }: Pipeline): FieldResolver {
  return async (source, args, field) => {
    const state: State = { source, arguments: toJava(args), stash: toJava({}) };
    const before = request.render(state, field);
    if (before.returned) {
      return before.result;
    }
    state.prev = before.result;
    for (const step of steps) {
      state.prev = await runStep(step, state, field);
    }
    return response.render({ ...state, result: state.prev }, field).result;
  };
}

/** `#return` in a function's request ends that function, not the pipeline. */
async function runStep(
  { request, response, dataSource }: Step,
  state: State,
  field: FieldContext,
): Promise<unknown> {
  const asked = request.render(state, field);
  if (asked.returned) {
    return asked.result;
  }
  const outcome = await invoke(dataSource, asked.result as DynamoDbRequest);
  return response.render({ ...state, ...outcome }, field).result;
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
