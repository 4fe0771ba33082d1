import { createContext, type ReactNode, use } from 'react';
import type { Commands } from '../../api/commands';

const CommandsContext = createContext<Commands | undefined>(undefined);

export function useCommands(): Commands {
  const commands = use(CommandsContext);
  if (!commands) throw new Error('useCommands is called outside CommandsProvider');
  return commands;
}

export function CommandsProvider({
  commands,
  children,
}: {
  commands: Commands;
  children: ReactNode;
}) {
  return <CommandsContext value={commands}>{children}</CommandsContext>;
}
