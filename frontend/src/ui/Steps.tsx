import { Check, LoaderCircle, Undo2, X } from 'lucide-react';
import type { ReactNode } from 'react';

export type StepState = 'wait' | 'run' | 'done' | 'undoing' | 'undone' | 'failed';

export interface Step {
  readonly key: string;
  readonly title: string;
  readonly state: StepState;
  /** On the right: how long it took, or what is left of its time. */
  readonly aside?: ReactNode;
  /** Below: what it does, did, or why it failed. */
  readonly what?: ReactNode;
}

const CLASSES: Record<StepState, string> = {
  wait: 'wait',
  run: 'now',
  done: 'done',
  undoing: 'now',
  undone: 'undone',
  failed: 'bad',
};

const WORDS: Record<StepState, string> = {
  wait: 'Not begun',
  run: 'Running',
  done: 'Done',
  undoing: 'Being undone',
  undone: 'Undone',
  failed: 'Failed',
};

/** What is done one after the other, each with its state in an icon and a word. */
export function Steps({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <ol className="steps" aria-label={label}>
      {steps.map((step, index) => (
        <li
          key={step.key}
          className={CLASSES[step.state]}
          data-step={step.key}
          data-state={step.state}
          aria-current={CLASSES[step.state] === 'now' ? 'step' : undefined}
        >
          <span className="dot" aria-hidden="true">
            <Dot state={step.state} number={index + 1} />
          </span>
          <h2>
            {step.title} <span className="hidden">({WORDS[step.state]})</span>
          </h2>
          <span className="aside">{step.aside}</span>
          {step.what && <div className="what">{step.what}</div>}
        </li>
      ))}
    </ol>
  );
}

function Dot({ state, number }: { state: StepState; number: number }) {
  switch (state) {
    case 'wait':
      return number;
    case 'run':
      return <LoaderCircle className="spin" />;
    case 'done':
      return <Check />;
    case 'undoing':
      return <Undo2 className="spin" />;
    case 'undone':
      return <Undo2 />;
    case 'failed':
      return <X />;
  }
}
