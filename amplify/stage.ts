/** The stage that a backend serves: the name that its SAM stack, tables and parameters carry. */

export class InvalidStage extends Error {}

export interface BackendContext {
  /** `branch` or `sandbox`, as ampx calls them. */
  type: string;
  /** The branch, or the identifier of the sandbox. */
  name: string;
}

/** What `Environment` of template.yaml allows. */
const STAGE = /^[a-z][a-z0-9-]{0,19}$/;
/** The command line calls the stack on this machine so. */
const RESERVED = 'local';

/** `chosen` (SKAFU_ENVIRONMENT) wins; else a branch is its own stage, and a sandbox `sandbox-<identifier>`. */
export function stageOf({ type, name }: BackendContext, chosen: string | undefined): string {
  const stage = chosen ?? (type === 'sandbox' ? `sandbox-${name.toLowerCase()}` : name);
  if (!STAGE.test(stage) || stage === RESERVED) {
    throw new InvalidStage(
      `The ${type} ${name} would be the stage "${stage}". A stage has 1 to 20 characters: a small letter, ` +
        `then small letters, digits and hyphens; it is not "${RESERVED}". Set SKAFU_ENVIRONMENT to the stage of this ${type}.`,
    );
  }
  return stage;
}
