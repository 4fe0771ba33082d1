import { Copy } from 'lucide-react';
import type { MenuAction } from './ActionsMenu';
import { useToast } from './Toasts';
import { copyText } from './useCopied';

/** The entry of a menu that copies an id: the menu closes, so that a notice says what became of it. */
export function useCopyId(id: string): MenuAction {
  const toast = useToast();
  const copy = (): void =>
    void copyText(id).then(
      () => toast({ text: 'The id was copied.' }),
      () => toast({ text: 'The id could not be copied.', isRefusal: true }),
    );
  return { label: 'Copy id', icon: Copy, onSelect: copy };
}
