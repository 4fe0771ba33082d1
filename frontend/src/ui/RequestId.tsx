import { CopyId } from './CopyId';

/** What whoever looks into the logs has to be told. */
export function RequestId({ id }: { id: string }) {
  return (
    <span className="soft sm">
      Request <CopyId id={id} of="the request" />
    </span>
  );
}
