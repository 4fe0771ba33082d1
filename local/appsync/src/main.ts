/** Runs the server until it is told to stop. */
import { UnsupportedResolver } from './exported';
import { FaultsError } from './faults';
import { start } from './server';
import { SettingsError, settingsFrom } from './settings';
import { TableMismatch } from './tables';

/** Errors that say all there is to say. */
const EXPECTED = [SettingsError, FaultsError, UnsupportedResolver, TableMismatch];

function fail(error: unknown): never {
  const known = EXPECTED.some((kind) => error instanceof kind);
  console.error('local AppSync:', known ? (error as Error).message : error);
  process.exit(1);
}

try {
  const running = await start(settingsFrom(process.env));
  const seconds = process.uptime().toFixed(2);
  console.log(
    `local AppSync: http://127.0.0.1:${running.port}/graphql, GraphiQL at http://127.0.0.1:${running.port}/, ready in ${seconds} s`,
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void running.stop().then(() => process.exit(0)));
  }
} catch (error) {
  fail(error);
}
