import { FindField } from '../../ui/FindField';

interface FindTemplateProps {
  /** As the address has them. */
  readonly words: string;
  readonly onChange: (words: string) => void;
}

export function FindTemplate(props: FindTemplateProps) {
  return <FindField label="Find a template" {...props} />;
}
