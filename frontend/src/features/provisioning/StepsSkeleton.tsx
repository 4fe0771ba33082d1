import { Bones, Skeleton } from '../../ui/Skeleton';
import { STEPS } from './run';

export function StepsSkeleton() {
  return (
    <Skeleton label="Reading the steps">
      <div className="panel body stack">
        {STEPS.map((step) => (
          <div key={step} className="bone-row">
            <Bones count={1} width="30%" />
          </div>
        ))}
      </div>
    </Skeleton>
  );
}
