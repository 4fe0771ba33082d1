import { FileX } from 'lucide-react';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { LinkButton } from '../../ui/LinkButton';
import type { Template } from '../templates/template';
import { TemplateSkeleton } from '../templates/TemplateSkeleton';
import type { Templates } from '../templates/useTemplates';

interface NoSuchTemplateProps {
  readonly templates: Templates;
  /** One that is there, but that nobody can choose any more. */
  readonly template: Template | undefined;
}

export function NoSuchTemplate({ templates, template }: NoSuchTemplateProps) {
  const { isReading, error, readAgain } = templates;
  if (template)
    return (
      <EmptyState
        icon={<FileX />}
        title={`${template.name} is deprecated`}
        text={`Nobody can choose it for a new project any more. ${template.reason}`}
      >
        <LinkButton to="/projects/new">Choose another template</LinkButton>
      </EmptyState>
    );
  if (isReading) return <TemplateSkeleton />;
  if (error)
    return <ErrorState title="The template could not be read" error={error} onRetry={readAgain} />;
  return (
    <EmptyState
      icon={<FileX />}
      title="Template not found"
      text="There is no template at this address."
    >
      <LinkButton to="/projects/new">Choose another template</LinkButton>
    </EmptyState>
  );
}
