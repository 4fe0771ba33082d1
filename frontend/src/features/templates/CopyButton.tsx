import { Button } from '@aws-amplify/ui-react';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useAnnouncement } from '../../ui/Announcer';

const SAID_FOR = 2_000;

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for those who hear the button: `the file`. */
  readonly what: string;
}

export function CopyButton({ text, what }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_FOR);
    return () => clearTimeout(timer);
  }, [copied]);
  useAnnouncement(copied ? 'Copied' : '');
  const label = copied ? 'Copied' : `Copy ${what}`;
  return (
    <Button
      className="square quiet"
      variation="link"
      aria-label={label}
      title={label}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      {copied ? <Check /> : <Copy />}
    </Button>
  );
}
