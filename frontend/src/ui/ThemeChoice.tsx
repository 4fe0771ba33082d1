import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { chooseScheme, chosenScheme, type Scheme } from './colourScheme';
import { Segments } from './Segments';

const CHOICES = [
  { value: 'system', label: 'System', icon: <Monitor /> },
  { value: 'light', label: 'Light', icon: <Sun /> },
  { value: 'dark', label: 'Dark', icon: <Moon /> },
] as const;

export function ThemeChoice() {
  const [scheme, setScheme] = useState(() => chosenScheme());
  const choose = (chosen: Scheme): void => {
    chooseScheme(chosen);
    setScheme(chosen);
  };
  return (
    <fieldset>
      <legend>Theme</legend>
      <Segments label="Theme" value={scheme} options={CHOICES} onChange={choose} />
    </fieldset>
  );
}
