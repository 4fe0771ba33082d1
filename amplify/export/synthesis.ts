/** Synthesises the backend as ampx's own deployer does: offline, without credentials. */
export async function synthesise(outdir: string): Promise<void> {
  process.env.CDK_OUTDIR = outdir;
  process.env.SKAFU_ENVIRONMENT ??= 'dev';
  process.env.CDK_CONTEXT_JSON = JSON.stringify({
    'amplify-backend-namespace': 'skafu',
    'amplify-backend-name': 'export',
    'amplify-backend-type': 'sandbox',
  });
  await import('../backend');
  // The message that ampx sends itself: without it the app is never written out.
  process.emit('message', 'amplifySynth', undefined);
}
