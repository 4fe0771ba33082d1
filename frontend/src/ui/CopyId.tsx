import { useEffect, useState } from 'react';
import { Check, Copy } from 'lucide-react';
import { useAnnouncement } from './Announcer';

interface CopyIdProps {
  readonly id: string;
  /** The thing that has the id, for those who hear the button. */
  readonly of: string;
}

const SAID_FOR = 2_000;

/** The last four characters tell equal names apart; the button copies the whole id. */
export function CopyId({ id, of }: CopyIdProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_FOR);
    return () => clearTimeout(timer);
  }, [copied]);
  useAnnouncement(copied ? 'Copied' : '');
  const copy = (): void => void navigator.clipboard.writeText(id).then(() => setCopied(true));
  return (
    <button
      type="button"
      className="copy-id over"
      title={id}
      aria-label={copied ? 'Copied' : `Copy the id of ${of}, …${id.slice(-4)}`}
      onClick={copy}
    >
      <code>…{id.slice(-4)}</code> {copied ? <Check /> : <Copy />}
    </button>
  );
}
