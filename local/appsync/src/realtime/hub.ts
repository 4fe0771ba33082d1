/** Who is subscribed to what, and what they get when a mutation has happened. */
import { executeSync, type GraphQLSchema } from 'graphql';

import type { FieldGate } from '../authorization/fields';
import { fieldError, type AppSyncError } from '../errors';
import type { Mutated, Registration } from '../execution';
import type { Faults } from '../faults';
import { subscriptionsByMutation } from '../schema';
import { passes } from './filter';

export interface Frame {
  data: Record<string, unknown> | null;
  errors?: AppSyncError[];
}

export interface Subscriber {
  registration: Registration;
  send(frame: Frame): void;
}

/** Source: AWS AppSync endpoints and quotas, "Subscription payload size". */
export const MAX_PAYLOAD_BYTES = 240 * 1024;

export class Hub {
  private readonly subscribers = new Map<string, Set<Subscriber>>();
  private readonly fields: Map<string, string[]>;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly gate: FieldGate,
    private readonly faults: Faults,
    private readonly warn: (message: string) => void,
  ) {
    this.fields = subscriptionsByMutation(schema);
  }

  add(subscriber: Subscriber): void {
    const { field } = subscriber.registration;
    this.subscribers.set(field, (this.subscribers.get(field) ?? new Set()).add(subscriber));
  }

  remove(subscriber: Subscriber): void {
    this.subscribers.get(subscriber.registration.field)?.delete(subscriber);
  }

  publish({ mutation, payload }: Mutated): void {
    if (this.isTooLarge(mutation, payload)) {
      return;
    }
    for (const field of this.fields.get(mutation) ?? []) {
      for (const subscriber of this.subscribers.get(field) ?? []) {
        if (isWanted(subscriber.registration, payload)) {
          this.deliver(subscriber, payload);
        }
      }
    }
  }

  private isTooLarge(mutation: string, payload: Mutated['payload']): boolean {
    const size = Buffer.byteLength(JSON.stringify(payload));
    if (size > MAX_PAYLOAD_BYTES) {
      this.warn(
        `${mutation}: ${size} bytes are more than a subscription carries (${MAX_PAYLOAD_BYTES}); nobody is told`,
      );
    }
    return size > MAX_PAYLOAD_BYTES;
  }

  private deliver(subscriber: Subscriber, payload: Mutated['payload']): void {
    if (this.faults.strikes('dropFrames')) {
      return;
    }
    const frame = this.frame(subscriber.registration, payload);
    const send = (): void => subscriber.send(frame);
    if (this.faults.strikes('reorderFrames')) {
      setTimeout(send, this.faults.milliseconds(this.faults.rates.reorderWindowMs)).unref();
    } else {
      send();
    }
    if (this.faults.strikes('duplicateFrames')) {
      send();
    }
  }

  /** The subscriber's selection of the mutation's selection: nothing is read again. */
  private frame(
    { document, variables, operationName, field, identity }: Registration,
    payload: Mutated['payload'],
  ): Frame {
    const { data, errors } = executeSync({
      schema: this.schema,
      document,
      variableValues: variables ?? null,
      operationName: operationName ?? null,
      rootValue: { [field]: payload },
      fieldResolver: (source, _args, _context, info) => {
        this.gate.check(info, identity);
        return (source as Record<string, unknown>)[info.fieldName];
      },
    });
    return {
      data: data ?? null,
      ...(errors && { errors: errors.map((error) => fieldError(error, this.schema)) }),
    };
  }
}

/** A filter set by the resolver replaces the arguments; without one each argument must equal its field. */
function isWanted({ filter, arguments: args }: Registration, payload: Mutated['payload']): boolean {
  if (filter !== undefined) {
    return passes(filter, payload);
  }
  return Object.entries(args).every(([name, value]) => (payload[name] ?? null) === value);
}
