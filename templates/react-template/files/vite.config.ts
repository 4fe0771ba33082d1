import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: { sourcemap: <%= "true" if sourceMaps else "false" %> },
  test: { environment: 'happy-dom', restoreMocks: true },
});
