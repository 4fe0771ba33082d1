import { Button } from '@aws-amplify/ui-react';
import { Check, Copy, X } from 'lucide-react';
import { useCopied } from '../../ui/useCopied';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for those who hear the button: `the file`. */
  readonly what: string;
}

export function CopyButton({ text, what }: CopyButtonProps) {
  const { words, isCopied, copy } = useCopied(text);
  const label = words ?? `Copy ${what}`;
  return (
    <Button
      className="square quiet"
      variation="link"
      aria-label={label}
      title={label}
      onClick={copy}
    >
      {isCopied ? <Check /> : words ? <X /> : <Copy />}
    </Button>
  );
}
