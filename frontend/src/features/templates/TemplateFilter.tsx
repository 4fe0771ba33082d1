import { SearchField, ToggleButton, ToggleButtonGroup } from '@aws-amplify/ui-react';
import { Search } from 'lucide-react';
import { useEffect, useRef } from 'react';

interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    readonly count?: number | undefined;
  }[];
  readonly onChange: (value: Value) => void;
}

/** One of a few, side by side. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const { label, value, options, onChange } = props;
  return (
    <ToggleButtonGroup
      value={value}
      isExclusive
      isSelectionRequired
      className="segments"
      aria-label={label}
      onChange={(chosen) => onChange(chosen as Value)}
    >
      {options.map((option) => (
        <ToggleButton key={option.value} value={option.value}>
          {option.label}
          {option.count !== undefined && <span className="count">{option.count}</span>}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

interface FindTemplateProps {
  readonly words: string;
  readonly onChange: (words: string) => void;
}

/** `/` leads here, as everywhere where something is found. */
export function FindTemplate({ words, onChange }: FindTemplateProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isTyping = (event.target as HTMLElement).closest('input, select, textarea, dialog');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <SearchField
      ref={field}
      label="Find a template"
      placeholder="Find a template"
      labelHidden
      hasSearchButton={false}
      innerStartComponent={
        <span className="inner-icon" aria-hidden="true">
          <Search />
        </span>
      }
      className="find-template"
      value={words}
      onChange={(event) => onChange(event.target.value)}
      onClear={() => onChange('')}
    />
  );
}
