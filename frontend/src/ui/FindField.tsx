import { SearchField } from '@aws-amplify/ui-react';
import { Search } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';

interface FindFieldProps {
  /** What is found here: "Find a template". */
  readonly label: string;
  readonly placeholder?: string;
  /** As the address has them. */
  readonly words: string;
  readonly onChange: (words: string) => void;
  /** Milliseconds without a key after which the address follows; at once where nothing is asked for. */
  readonly delay?: number;
  readonly maxLength?: number;
}

/** `/` leads here, as everywhere where something is found; Escape empties it, Enter does not wait. */
export function FindField(props: FindFieldProps) {
  const { label, placeholder = label, words, onChange, delay = 0, maxLength } = props;
  const field = useRef<HTMLInputElement>(null);
  const [typed, type, now] = useTyped(words, onChange, delay);
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
      label={label}
      placeholder={placeholder}
      labelHidden
      hasSearchButton={false}
      innerStartComponent={
        <span className="inner-icon" aria-hidden="true">
          <Search />
        </span>
      }
      className="find"
      maxLength={maxLength}
      value={typed}
      onChange={(event) => type(event.target.value)}
      onSubmit={now}
      onClear={() => now('')}
    />
  );
}

/**
 * What stands in a field that the address follows. The router changes the address later than the browser
 * needs the field, so the field is ahead; it takes over only what came into the address from elsewhere.
 */
function useTyped(
  words: string,
  onChange: (words: string) => void,
  delay: number,
): readonly [string, (words: string) => void, (words: string) => void] {
  const [typed, setTyped] = useState(words);
  const [seen, setSeen] = useState(words);
  const [written, setWritten] = useState<readonly string[]>([]);
  const [waiting, setWaiting] = useState<string>();
  if (words !== seen) {
    const at = written.indexOf(words);
    setSeen(words);
    setWritten(written.slice(at + 1));
    if (at < 0) {
      setTyped(words);
      setWaiting(undefined);
    }
  }
  const write = (text: string): void => {
    setTyped(text);
    setWaiting(undefined);
    if (text === words) return;
    setWritten((before) => [...before, text]);
    onChange(text);
  };
  // What else has changed in the address meanwhile is kept.
  const writeLater = useEffectEvent(write);
  useEffect(() => {
    if (waiting === undefined) return undefined;
    const timer = setTimeout(() => writeLater(waiting), delay);
    return () => clearTimeout(timer);
  }, [waiting, delay]);
  const type = (text: string): void => {
    setTyped(text);
    if (delay === 0) write(text);
    else setWaiting(text);
  };
  return [typed, type, write];
}
