/**
 * Which root fields each signed principal asks for: on AWS its policy has to grant them, here every
 * known key may call every field. `GET /_calls` tells.
 */
import type { Identity } from './identity';

const ROOTS = new Set(['Query', 'Mutation', 'Subscription']);

export class Calls {
  private readonly fields = new Map<string, Set<string>>();

  record(type: string, field: string, { mode, templateIdentity }: Identity): void {
    if (mode === 'AWS_IAM' && ROOTS.has(type)) {
      this.fieldsOf(String(templateIdentity?.username)).add(`${type}.${field}`);
    }
  }

  /** Access key id to fields such as `Mutation.createProject`. */
  report(): Record<string, string[]> {
    return Object.fromEntries([...this.fields].map(([key, fields]) => [key, [...fields].sort()]));
  }

  private fieldsOf(accessKeyId: string): Set<string> {
    const fields = this.fields.get(accessKeyId) ?? new Set();
    this.fields.set(accessKeyId, fields);
    return fields;
  }
}
