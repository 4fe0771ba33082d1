import { ToggleButton, ToggleButtonGroup } from '@aws-amplify/ui-react';
import type { ReactNode } from 'react';

interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly count?: number | undefined;
  readonly icon?: ReactNode;
}

interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
  /** Only the icons are shown; the labels are heard, and seen by those who point at them. */
  readonly hasIconsOnly?: boolean;
  readonly className?: string;
}

/** One of a few, side by side. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const { label, value, options, onChange, hasIconsOnly = false, className = '' } = props;
  return (
    <ToggleButtonGroup
      value={value}
      isExclusive
      isSelectionRequired
      className={`segments ${className}`}
      aria-label={label}
      onChange={(chosen) => onChange(chosen as Value)}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.value}
          value={option.value}
          {...(hasIconsOnly && { 'aria-label': option.label, title: option.label })}
        >
          {option.icon}
          {!hasIconsOnly && option.label}
          {option.count !== undefined && <span className="count">{option.count}</span>}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
