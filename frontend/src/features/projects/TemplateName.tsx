import { File, Layers } from 'lucide-react';
import type { Project } from '../../api/readModels';

export function TemplateName({ project }: { project: Project }) {
  return (
    <span className="with">
      {project.templateName ? (
        <>
          <Layers className="soft" /> {project.templateName}
        </>
      ) : (
        <>
          <File className="soft" /> <span className="soft">No template</span>
        </>
      )}
    </span>
  );
}
