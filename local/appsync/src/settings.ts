/** What the server is told by its environment. */
import { parseFaults, type FaultRates } from './faults';
import type { User } from './sign_ins';

export interface Settings {
  port: number;
  endpoint: string;
  region: string;
  stage: string;
  userPoolId: string;
  userPoolClientId: string;
  /** People whom the page offers; none when it is not set. */
  users: User[];
  apiKey: string;
  /** Access key id to secret: the principals that may sign requests. */
  accessKeys: Map<string, string>;
  faults: FaultRates;
  /** What one request may take. */
  requestSeconds: number;
  /** Where requests are told of; nowhere when it is not set. */
  activity: string | undefined;
}

export class SettingsError extends Error {}

type Environment = Record<string, string | undefined>;

export function settingsFrom(environment: Environment): Settings {
  return {
    port: portFrom(environment.PORT ?? '20002'),
    endpoint: required(environment, 'AWS_ENDPOINT_URL').replace(/\/$/, ''),
    region: environment.AWS_REGION ?? 'us-east-1',
    stage: environment.STAGE ?? 'local',
    userPoolId: required(environment, 'USER_POOL_ID'),
    userPoolClientId: environment.USER_POOL_CLIENT_ID ?? '',
    users: jsonFrom('USERS', environment.USERS ?? '[]') as User[],
    apiKey: required(environment, 'API_KEY'),
    accessKeys: accessKeysFrom(environment.ACCESS_KEYS ?? '{}'),
    faults: parseFaults(jsonFrom('FAULTS', environment.FAULTS ?? '{}')),
    requestSeconds: secondsFrom(environment.REQUEST_SECONDS ?? '30'),
    activity: environment.ACTIVITY,
  };
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') {
    throw new SettingsError(`${name} is not set`);
  }
  return value;
}

function portFrom(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new SettingsError(`PORT is not a port: ${text}`);
  }
  return port;
}

function secondsFrom(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0)) {
    throw new SettingsError(`REQUEST_SECONDS is not a time: ${text}`);
  }
  return seconds;
}

function accessKeysFrom(text: string): Map<string, string> {
  const keys = jsonFrom('ACCESS_KEYS', text);
  if (
    typeof keys !== 'object' ||
    keys === null ||
    !Object.values(keys).every((secret) => typeof secret === 'string')
  ) {
    throw new SettingsError('ACCESS_KEYS is not a map of access key id to secret');
  }
  return new Map(Object.entries(keys as Record<string, string>));
}

function jsonFrom(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingsError(`${name} is not JSON`);
  }
}
