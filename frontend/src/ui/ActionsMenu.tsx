import { Divider, Menu, MenuButton, MenuItem } from '@aws-amplify/ui-react';
import { Ellipsis, type LucideIcon } from 'lucide-react';
import { Fragment, useEffect, useState } from 'react';

export interface MenuAction {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onSelect: () => void;
  readonly danger?: boolean;
  /** Begins a group of its own. */
  readonly apart?: boolean;
}

interface ActionsMenuProps {
  /** What is in it, for those who hear the button and those who point at it. */
  readonly label: string;
  readonly actions: readonly MenuAction[];
  readonly isDisabled?: boolean;
  readonly size?: 'small';
}

/** An open menu hides the page from screen readers; what they do not see must not take the focus. */
function useInert(isOpen: boolean): void {
  useEffect(() => {
    const hidden = isOpen ? [...document.querySelectorAll('[data-aria-hidden]')] : [];
    for (const element of hidden) element.toggleAttribute('inert', true);
    return () => {
      for (const element of hidden) element.toggleAttribute('inert', false);
    };
  }, [isOpen]);
}

/** The rare actions, behind `⋯`. */
export function ActionsMenu({ label, actions, isDisabled = false, size }: ActionsMenuProps) {
  const trigger = (
    <MenuButton
      className="square"
      {...(size && { size })}
      ariaLabel={label}
      title={label}
      isDisabled={isDisabled}
    >
      <Ellipsis />
    </MenuButton>
  );
  const [isOpen, setOpen] = useState(false);
  useInert(isOpen);
  return (
    <Menu menuAlign="end" trigger={trigger} isDisabled={isDisabled} onOpenChange={setOpen}>
      {actions.map(({ label: words, icon: Icon, onSelect, danger, apart }) => (
        <Fragment key={words}>
          {apart && <Divider />}
          {/* The menu gives the focus back as it closes, which a dialog must not lose. */}
          <MenuItem className={danger ? 'danger' : ''} onClick={() => setTimeout(onSelect)}>
            <Icon /> {words}
          </MenuItem>
        </Fragment>
      ))}
    </Menu>
  );
}
