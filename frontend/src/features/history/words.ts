import type { Fields, Json, PastEvent } from '../../api/history';
import { SERVICE_TYPES } from '../services/serviceTypes';
import { shortRevision } from '../deployments/revision';
import type { Commit } from './commits';

/** `DeploymentStarted` in words: "Deployment started". */
export function wordsOf(eventType: string): string {
  const words = eventType.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function titleOf({ events }: Commit): string {
  const [first, ...others] = events;
  if (!first) return '';
  if (others.length === 0 || first.eventType.endsWith('Created')) return wordsOf(first.eventType);
  const types = new Set(events.map(({ eventType }) => eventType));
  return types.size === 1
    ? `${wordsOf(first.eventType)}, ${events.length} times`
    : `${wordsOf(first.eventType)} and ${others.length} more`;
}

/** What a commit was about, in a few words: names and places, no ids. */
export function summaryOf({ events }: Commit): string {
  return [...new Set(events.map(summaryOfEvent).filter(Boolean))].join(', ');
}

function summaryOfEvent({ eventType, data }: PastEvent): string {
  const text = (field: string): string => textOf(data[field]);
  switch (eventType) {
    case 'ServiceAdded':
      return [text('serviceName'), typeOf(data)].filter(Boolean).join(', ');
    case 'ProjectDescriptionChanged':
      return text('description') ? `“${text('description')}”` : 'removed';
    case 'ProjectConfigured':
      return configurationOf(data);
    case 'ProvisioningStepCompleted':
    case 'ProvisioningStepUndone':
      return text('step').toLowerCase();
    case 'ProvisioningStarted':
      return text('attempt') && `attempt ${text('attempt')}`;
    default:
      return ['name', 'serviceName', 'environment', 'revision', 'reason', 'url', 'slug']
        .map((field) => (field === 'revision' ? shortRevision(text(field)) : text(field)))
        .filter(Boolean)
        .join(', ');
  }
}

function configurationOf({ configuration }: Fields): string {
  if (!isFields(configuration)) return '';
  return [configuration.runtime, configuration.region].map(textOf).filter(Boolean).join(', ');
}

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf({ serviceType }: Fields): string {
  const known = Object.entries(SERVICE_TYPES).find(([type]) => type === serviceType);
  return known ? known[1].label : textOf(serviceType);
}

/** A sealed or structured value has no short text. */
function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export interface Author {
  readonly name: string;
  readonly letter: string;
  /** A machine works on somebody's behalf, or on its own account. */
  readonly isMachine: boolean;
}

/** Who recorded a commit, as far as its events tell. */
export function authorOf({ events }: Commit, me: { userId: string; email: string }): Author {
  const { metadata = {} } = events[0] ?? {};
  const id = textOf(metadata.userId).replace(/^machine:/, '');
  const behalf = textOf(metadata.onBehalfOf);
  const isMe = (who: string): boolean => who === me.userId || who.startsWith(`${me.userId}::`);
  if (isMe(id)) return { name: me.email, letter: letterOf(me.email), isMachine: false };
  const isMachine = behalf !== '' || !/^[0-9a-f-]{36}/i.test(id);
  const ending = isMachine ? id : `somebody, …${id.slice(-4)}`;
  const name = behalf && isMe(behalf) ? `${ending}, on behalf of ${me.email}` : ending;
  return { name: name || 'unknown', letter: letterOf(isMachine ? id : '?'), isMachine };
}

const letterOf = (name: string): string => (name.charAt(0) || '?').toUpperCase();
