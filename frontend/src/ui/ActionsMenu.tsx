import { Divider, Menu, MenuButton, MenuItem } from '@aws-amplify/ui-react';
import { Ellipsis, type LucideIcon } from 'lucide-react';
import { Fragment } from 'react';

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
  return (
    <Menu menuAlign="end" trigger={trigger} isDisabled={isDisabled}>
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
