import { Archive, ArchiveRestore, SlidersHorizontal, Trash2 } from 'lucide-react';
import type { Project } from '../../api/readModels';
import { ActionsMenu, type MenuAction } from '../../ui/ActionsMenu';
import { useCopyId } from '../../ui/useCopyId';
import type { OpenDialog } from './ProjectDialogs';
import { isProvisioned } from './state';

interface ProjectMenuProps {
  readonly project: Project;
  /** Undefined when the project is only to be read. */
  readonly onOpen: ((dialog: OpenDialog) => void) | undefined;
  /** A change names the version that was seen, which is about to be overtaken. */
  readonly isBusy?: boolean;
  readonly size?: 'small';
}

/** The rare actions on a project. */
export function ProjectMenu({ project, onOpen, isBusy = false, size }: ProjectMenuProps) {
  const copy = useCopyId(project.id);
  const configure: MenuAction = {
    label: 'Configure…',
    icon: SlidersHorizontal,
    onSelect: () => onOpen?.({ kind: 'configure' }),
  };
  const isOpen = onOpen && !isProvisioned(project);
  const mayConfigure = isOpen && project.status === 'ACTIVE';
  const open = (kind: 'archive-project' | 'restore-project' | 'delete-project') => () =>
    onOpen?.({ kind });
  const put: MenuAction =
    project.status === 'ARCHIVED'
      ? { label: 'Restore…', icon: ArchiveRestore, onSelect: open('restore-project'), apart: true }
      : { label: 'Archive…', icon: Archive, onSelect: open('archive-project'), apart: true };
  const remove: MenuAction = {
    label: 'Delete…',
    icon: Trash2,
    onSelect: open('delete-project'),
    danger: true,
  };
  return (
    <ActionsMenu
      label={`More about ${project.name}`}
      actions={[...(mayConfigure ? [configure] : []), copy, ...(isOpen ? [put, remove] : [])]}
      isDisabled={isBusy}
      {...(size && { size })}
    />
  );
}
