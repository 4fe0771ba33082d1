import type { Project, Service } from '../../api/readModels';
import { AddServiceDialog } from '../services/AddServiceDialog';
import { EditServiceDialog } from '../services/EditServiceDialog';
import { RemoveServiceDialog } from '../services/RemoveServiceDialog';
import type { ServiceAction } from '../services/ServiceCard';
import { ChangeProjectDialog } from './ChangeProjectDialog';
import { ConfigureProjectDialog } from './ConfigureProjectDialog';
import { ConfirmProjectDialog, type ProjectAction } from './ConfirmProjectDialog';

export type OpenDialog =
  | { readonly kind: 'change' | 'configure' | 'add-service' | ProjectAction }
  | { readonly kind: ServiceAction; readonly service: Service };

interface ProjectDialogProps {
  readonly open: OpenDialog;
  readonly project: Project;
  readonly onClose: () => void;
  /** Another dialog takes the place of this one. */
  readonly onOpen: (dialog: OpenDialog) => void;
  readonly onDone?: ((action: ProjectAction) => void) | undefined;
}

/** The one dialog that is open about a project. */
export function ProjectDialog({ open, project, onClose, onOpen, onDone }: ProjectDialogProps) {
  switch (open.kind) {
    case 'change':
      return <ChangeProjectDialog project={project} onClose={onClose} />;
    case 'configure':
      return <ConfigureProjectDialog project={project} onClose={onClose} />;
    case 'add-service':
      return <AddServiceDialog project={project} onClose={onClose} />;
    case 'edit-service':
      return <EditServiceDialog service={open.service} onClose={onClose} />;
    case 'remove-service':
      return <RemoveServiceDialog service={open.service} onClose={onClose} />;
    case 'archive-project':
    case 'restore-project':
    case 'delete-project':
      return (
        <ConfirmProjectDialog
          key={open.kind}
          action={open.kind}
          project={project}
          onClose={onClose}
          onInstead={(kind) => onOpen({ kind })}
          onDone={onDone}
        />
      );
  }
}
