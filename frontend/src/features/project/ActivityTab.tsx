import { Activity } from '../analytics/Activity';
import { spanInWords } from '../analytics/days';
import { RangeChoice, useRange } from '../analytics/RangeChoice';
import { useDays } from '../analytics/useDays';
import { useProjectPage } from './useProjectPage';

/** What happened to the project day by day. */
export function ActivityTab() {
  const { project } = useProjectPage();
  const [range] = useRange();
  const activity = useDays({ projectId: project.id }, range);
  return (
    <>
      <div className="section-header wraps">
        <p className="soft">{spanInWords(activity.days)} (UTC)</p>
        <RangeChoice />
      </div>
      <Activity of={activity} />
    </>
  );
}
