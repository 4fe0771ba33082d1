// Runs the TypeScript sources as they are: there is no build to go stale.
import { register } from 'tsx/esm/api';

register();
await import('./src/main.ts');
