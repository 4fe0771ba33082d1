/** Synthesises the backend as ampx's own deployer does: offline, without credentials. */
export async function synthesise(outdir: string): Promise<void> {
  process.env.CDK_OUTDIR = outdir;
  process.env.SKAFU_ENVIRONMENT ??= 'dev';
  // CDK's own rules only warn, take half of the time, and are applied whenever ampx deploys.
  process.env.CDK_VALIDATION ??= 'false';
  process.env.CDK_CONTEXT_JSON = JSON.stringify({
    'amplify-backend-namespace': 'skafu',
    'amplify-backend-name': 'export',
    'amplify-backend-type': 'sandbox',
  });
  await import('../backend');
  // The message that ampx sends itself: without it the app is never written out.
  process.emit('message', 'amplifySynth', undefined);
}
