/** Reads a synthesised cloud assembly: nested templates, and what an expression in one refers to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Expression =
  string | number | boolean | null | Expression[] | { [key: string]: Expression };

export interface Resource {
  Type: string;
  Properties: { [key: string]: Expression };
}

interface Template {
  Resources: { [logicalId: string]: Resource };
  Outputs?: { [name: string]: { Value: Expression } };
}

/** A template, and how the stack around it fills its parameters. */
export interface Stack {
  template: Template;
  parent?: { stack: Stack; parameters: { [name: string]: Expression } };
  nested: Map<string, Stack>;
}

/** What an expression names in the end: a resource with its attribute, or a pseudo parameter. */
export type Target =
  | { kind: 'resource'; stack: Stack; logicalId: string; resource: Resource; attribute: string }
  | { kind: 'pseudo'; name: string };

export class ExportError extends Error {}

/** A cloud assembly: its root stack, and its asset files by the key under which they are uploaded. */
export interface Assembly {
  outdir: string;
  assets: Map<string, string>;
}

interface AssemblyManifest {
  artifacts: {
    [id: string]: { type: string; properties?: { templateFile?: string; file?: string } };
  };
}

interface AssetManifest {
  files: {
    [id: string]: {
      source: { path: string };
      destinations: { [id: string]: { objectKey: string } };
    };
  };
}

export function readAssembly(outdir: string): Assembly {
  const { files } = readJson<AssetManifest>(
    join(outdir, onlyArtifact(outdir, 'cdk:asset-manifest').file ?? ''),
  );
  const assets = Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }): [string, string] => [objectKey, source.path]),
  );
  return { outdir, assets: new Map(assets) };
}

export function readRootStack(assembly: Assembly): Stack {
  const { templateFile } = onlyArtifact(assembly.outdir, 'aws:cloudformation:stack');
  return readStack(assembly, join(assembly.outdir, templateFile ?? ''));
}

function onlyArtifact(outdir: string, type: string): { templateFile?: string; file?: string } {
  const { artifacts } = readJson<AssemblyManifest>(join(outdir, 'manifest.json'));
  const found = Object.values(artifacts).filter((artifact) => artifact.type === type);
  if (found.length !== 1 || found[0]?.properties === undefined) {
    throw new ExportError(`one ${type} expected, found ${found.length}`);
  }
  return found[0].properties;
}

/** The file that an S3 address in a template points to. */
export function assetFile({ outdir, assets }: Assembly, address: Expression): string {
  const key = lastString(address).split('/').at(-1) ?? '';
  const path = assets.get(key);
  if (path === undefined) {
    throw new ExportError(`${key} is not an asset`);
  }
  return join(outdir, path);
}

function lastString(expression: Expression | undefined): string {
  if (typeof expression === 'string') {
    return expression;
  }
  const { 'Fn::Sub': sub, 'Fn::Join': joined } = expression as {
    'Fn::Sub'?: Expression;
    'Fn::Join'?: [string, Expression[]];
  };
  return lastString(sub ?? joined?.[1].at(-1) ?? '');
}

function readStack(assembly: Assembly, path: string, parent?: Stack['parent']): Stack {
  const stack: Stack = { template: readJson<Template>(path), parent, nested: new Map() };
  for (const [logicalId, resource] of Object.entries(stack.template.Resources)) {
    if (resource.Type === 'AWS::CloudFormation::Stack') {
      stack.nested.set(logicalId, readNested(assembly, stack, resource));
    }
  }
  return stack;
}

function readNested(assembly: Assembly, stack: Stack, { Properties }: Resource): Stack {
  const parameters = (Properties.Parameters ?? {}) as { [name: string]: Expression };
  return readStack(assembly, assetFile(assembly, Properties.TemplateURL ?? ''), {
    stack,
    parameters,
  });
}

export function allStacks(stack: Stack): Stack[] {
  return [stack, ...[...stack.nested.values()].flatMap(allStacks)];
}

/** Follows references through stack parameters and outputs; undefined when the expression is none. */
export function target(stack: Stack, expression: Expression | undefined): Target | undefined {
  const reference = referenceOf(expression);
  if (reference === undefined) {
    return undefined;
  }
  const [name, attribute] = reference;
  if (name.startsWith('AWS::')) {
    return { kind: 'pseudo', name };
  }
  return parameterTarget(stack, name) ?? resourceTarget(stack, name, attribute);
}

function referenceOf(expression: Expression | undefined): [string, string] | undefined {
  if (typeof expression !== 'object' || expression === null || Array.isArray(expression)) {
    return undefined;
  }
  if (typeof expression.Ref === 'string') {
    return [expression.Ref, 'Ref'];
  }
  return expression['Fn::GetAtt'] as [string, string] | undefined;
}

function parameterTarget(stack: Stack, name: string): Target | undefined {
  const value = stack.parent?.parameters[name];
  return value === undefined || stack.parent === undefined
    ? undefined
    : target(stack.parent.stack, value);
}

function resourceTarget(stack: Stack, logicalId: string, attribute: string): Target {
  const resource = stack.template.Resources[logicalId];
  if (resource === undefined) {
    throw new ExportError(`${logicalId} is neither a parameter nor a resource`);
  }
  const nested = stack.nested.get(logicalId);
  return nested
    ? outputTarget(nested, attribute)
    : { kind: 'resource', stack, logicalId, resource, attribute };
}

function outputTarget(stack: Stack, attribute: string): Target {
  const output = attribute.replace(/^Outputs\./, '');
  const found = target(stack, stack.template.Outputs?.[output]?.Value);
  if (found === undefined) {
    throw new ExportError(`output ${output} names no resource`);
  }
  return found;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
