import { Panel } from '../../ui/Panel';
import { WORDS } from '../provisioning/words';
import { STEPS, type Step } from '../provisioning/run';
import { filesIn } from '../templates/editorDraft';
import type { Template } from '../templates/template';

/** What creating the project sets going. */
export function NextSteps({ template }: { template: Template }) {
  return (
    <aside>
      <Panel title="What happens next">
        <div className="body stack tight">
          <ol className="next-steps">
            {STEPS.map((step, index) => (
              <li key={step}>
                <span className="count">{index + 1}</span>
                <span>
                  <strong>{WORDS[step].done}</strong>
                  <span className="soft sm">{detailOf(step, template)}</span>
                </span>
              </li>
            ))}
          </ol>
          <p className="soft sm">
            It usually takes less than a minute. If a step fails, everything before it is undone and
            you can try again. Nothing is deployed to AWS: that is up to you.
          </p>
        </div>
      </Panel>
    </aside>
  );
}

function detailOf(step: Step, { revision, paths, services }: Template): string {
  switch (step) {
    case 'TEMPLATE':
      return `Revision ${revision} is kept.`;
    case 'ANALYSIS':
      return 'Risks, missing features, monthly cost.';
    case 'REPOSITORY':
      return `A private archive of ${filesIn(paths.length)}.`;
    case 'CONFIGURATION':
      return services.map(({ serviceName }) => serviceName).join(', ') || 'The project’s settings.';
    case 'COMPLETION':
      return '';
  }
}
