import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import type { Connect, Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const OUTPUTS = ['/amplify_outputs.json', '/skafu_outputs.json'];

/** Serves what a deployment wrote about itself from the folder that SKAFU_OUTPUTS_DIR names. */
function deploymentOutputs(folder: string): Plugin {
  const serve: Connect.NextHandleFunction = (request, response, next) => {
    const path = request.url?.split('?')[0] ?? '';
    if (!OUTPUTS.includes(path)) return next();
    response.setHeader('Cache-Control', 'no-store');
    const file = join(folder, path);
    // Without this the page's own HTML would be the answer, and its parse error the message.
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.setHeader('Content-Type', 'application/json');
    createReadStream(file).pipe(response);
  };
  return {
    name: 'skafu-deployment-outputs',
    configureServer: (server) => void server.middlewares.use(serve),
    configurePreviewServer: (server) => void server.middlewares.use(serve),
  };
}

export default defineConfig({
  plugins: [react(), deploymentOutputs(resolve(process.env.SKAFU_OUTPUTS_DIR ?? 'public'))],
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  preview: { host: '127.0.0.1', port: 5173, strictPort: true },
  build: {
    // Amplify is most of what is loaded; scripts/size.mjs watches the sum.
    chunkSizeWarningLimit: 1500,
    manifest: true,
    // Name, version, licence and its text of every package in the bundle.
    license: { fileName: 'THIRD_PARTY_NOTICES.txt' },
  },
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    environment: 'node',
    setupFiles: ['tests/setup.ts'],
    // One process after the other would load the same libraries for each file.
    isolate: false,
    restoreMocks: true,
    // ms; for what hangs alone: the suites share a machine, and how busy it is says nothing of the page
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
