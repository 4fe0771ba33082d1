import { Check } from 'lucide-react';

const STEPS = ['Template', 'Parameters', 'Review'];

/** Where one is: counted from 1. */
export function Wizard({ at }: { at: number }) {
  return (
    <ol className="wizard" aria-label="Steps">
      {STEPS.map((step, index) => {
        const number = index + 1;
        return (
          <li
            key={step}
            className={number < at ? 'done' : ''}
            aria-current={number === at ? 'step' : undefined}
          >
            <b>{number < at ? <Check aria-label="Done" /> : number}</b>
            <span>{step}</span>
          </li>
        );
      })}
    </ol>
  );
}
