// Commands of a project on Castore's event store, one after another, over the emulator that is given.
//
//   node bench.mjs <endpoint> <table>     requests are lines of JSON on standard input:
//   {"from": 1, "to": 20, "streams": 10}  streams that are grown from one length to the other,
//                                         answered by {"seconds", "commands", "cpu", "read", "write"}
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Command, EventStore, EventType, tuple } from '@castore/core';
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb';

const [endpoint, tableName] = process.argv.slice(2);
const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
const dynamoDBClient = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });

const units = { read: 0, write: 0 };

/** Bytes of an attribute as DynamoDB bills it (developer guide, "DynamoDB item sizes and formats"). */
function size(value) {
  const [[type, held]] = Object.entries(value);
  switch (type) {
    case 'S':
      return Buffer.byteLength(held);
    case 'N':
      return Math.ceil(held.replace(/\D/g, '').length / 2) + 1;
    case 'M':
      return (
        3 + Object.entries(held).reduce((sum, [name, one]) => sum + 1 + name.length + size(one), 0)
      );
    case 'L':
      return 3 + held.reduce((sum, one) => sum + 1 + size(one), 0);
    default:
      return 1;
  }
}

const sizeOfItem = (item) =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + size(value), 0);

dynamoDBClient.middlewareStack.add(
  (next, context) => async (args) => {
    const result = await next(args);
    if (context.commandName === 'QueryCommand') {
      const bytes = result.output.Items.reduce((sum, item) => sum + sizeOfItem(item), 0);
      const each = args.input.ConsistentRead ? 1 : 0.5;
      units.read += each * Math.max(1, Math.ceil(bytes / 4096));
    }
    if (context.commandName === 'PutItemCommand') {
      const kilobytes = Math.ceil(sizeOfItem(args.input.Item) / 1024);
      // The first event of a stream stands in the index of initial events, too.
      units.write += kilobytes * (args.input.Item.version?.N === '1' ? 2 : 1);
    }
    return result;
  },
  { step: 'initialize' },
);

const store = new EventStore({
  eventStoreId: 'PROJECTS',
  eventTypes: [
    new EventType({ type: 'PROJECT_CREATED' }),
    new EventType({ type: 'PROJECT_CHANGED' }),
  ],
  reducer: (project, { payload, aggregateId, version }) => ({
    ...project,
    ...payload,
    aggregateId,
    version,
  }),
  eventStorageAdapter: new DynamoDBSingleTableEventStorageAdapter({ tableName, dynamoDBClient }),
});

const create = new Command({
  commandId: 'CREATE_PROJECT',
  requiredEventStores: tuple(store),
  handler: async ({ aggregateId, ...payload }, [projects]) =>
    projects.pushEvent({ aggregateId, version: 1, type: 'PROJECT_CREATED', payload }),
});

const change = new Command({
  commandId: 'CHANGE_PROJECT',
  requiredEventStores: tuple(store),
  handler: async ({ aggregateId, ...payload }, [projects]) => {
    const { aggregate } = await projects.getExistingAggregate(aggregateId);
    const event = { aggregateId, version: aggregate.version + 1, type: 'PROJECT_CHANGED', payload };
    await projects.pushEvent(event, { prevAggregate: aggregate });
  },
});

const description = 'x'.repeat(130);

async function newStream() {
  const aggregateId = randomUUID();
  await create.handler({ aggregateId, owner: randomUUID(), name: 'Teapot', description }, [store]);
  return aggregateId;
}

async function grow(aggregateId, from, to) {
  for (let length = from; length < to; length++) {
    await change.handler({ aggregateId, name: `Teapot ${length}` }, [store]);
  }
}

/** Grow to a length without reading. */
async function fill(aggregateId, to) {
  for (let version = 2; version <= to; version++) {
    await store.pushEvent({
      aggregateId,
      version,
      type: 'PROJECT_CHANGED',
      payload: { name: `Teapot ${version}` },
    });
  }
}

async function measured({ from, to, streams }) {
  const ids = [];
  for (let n = 0; n < streams; n++) {
    ids.push(await newStream());
    await fill(ids[n], from);
  }
  Object.assign(units, { read: 0, write: 0 });
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (const id of ids) await grow(id, from, to);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, commands: streams * (to - from), cpu: (user + system) / 1e6, ...units };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await measured(JSON.parse(line))));
}
