import { Check, Copy, X } from 'lucide-react';
import { useCopied } from './useCopied';

interface CopyIdProps {
  readonly id: string;
  /** The thing that has the id, for those who hear the button. */
  readonly of: string;
}

/** The last four characters tell equal names apart; the button copies the whole id. */
export function CopyId({ id, of }: CopyIdProps) {
  const { words, isCopied, copy } = useCopied(id);
  return (
    <button
      type="button"
      className="copy-id over"
      title={id}
      aria-label={words ?? `Copy the id of ${of}, …${id.slice(-4)}`}
      onClick={copy}
    >
      <code>…{id.slice(-4)}</code> {isCopied ? <Check /> : words ? <X /> : <Copy />}
    </button>
  );
}
