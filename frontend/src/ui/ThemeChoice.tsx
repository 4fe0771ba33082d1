import { ToggleButton, ToggleButtonGroup } from '@aws-amplify/ui-react';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { chooseScheme, chosenScheme, type Scheme } from './colourScheme';

const CHOICES = [
  { scheme: 'system', label: 'System', icon: <Monitor /> },
  { scheme: 'light', label: 'Light', icon: <Sun /> },
  { scheme: 'dark', label: 'Dark', icon: <Moon /> },
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
      <ToggleButtonGroup
        value={scheme}
        isExclusive
        isSelectionRequired
        className="segments"
        aria-label="Theme"
        onChange={(value) => choose(value as Scheme)}
      >
        {CHOICES.map(({ scheme: each, label, icon }) => (
          <ToggleButton key={each} value={each}>
            {icon} {label}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </fieldset>
  );
}
