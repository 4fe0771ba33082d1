import { PageTitle } from '../../ui/PageTitle';
import { useTitle } from '../../ui/useTitle';
import { Activity } from '../analytics/Activity';
import { spanInWords } from '../analytics/days';
import { Figure } from '../analytics/Figures';
import { RangeChoice, useRange } from '../analytics/RangeChoice';
import { useDays } from '../analytics/useDays';
import { Pipeline } from '../metrics/Pipeline';
import { useOwnerSummary } from '../projects/useOwnerSummary';
import { useSession } from '../session/SessionProvider';
import { Attention } from './Attention';
import { ProjectsFigure, SetUpFigure } from './ProjectFigures';
import { useNewProjects } from './useNewProjects';

/** How all projects of the person who is signed in fare, over some days; and, for Admin, the pipeline. */
export function DashboardPage() {
  useTitle('Dashboard');
  const { userId, role } = useSession();
  const [range] = useRange();
  const activity = useDays({ userId }, range);
  const summary = useOwnerSummary(userId);
  const { created, setUp } = useNewProjects(userId, activity.days[0] ?? '');
  const shown = new Set(activity.days);
  const changed = activity.rows.filter(({ day }) => shown.has(day));
  const deployed = changed.filter(({ deployments }) => deployments > 0);
  return (
    <>
      <header className="page-header">
        <div>
          <PageTitle>Dashboard</PageTitle>
          <p className="soft">
            {yours(summary?.active)}, {spanInWords(activity.days)} (UTC)
          </p>
        </div>
        <RangeChoice />
      </header>
      <Activity of={activity} first={<ProjectsFigure summary={summary} created={created} />}>
        <SetUpFigure setUp={setUp} />
        <Figure term="Projects deployed" note={`of ${projectsOf(changed)} with changes`}>
          {projectsOf(deployed)}
        </Figure>
      </Activity>
      {role === 'Admin' && <Pipeline />}
      <Attention userId={userId} />
    </>
  );
}

function yours(count: number | undefined): string {
  if (count === undefined) return 'Your projects';
  return count === 1 ? 'Your only project' : `Your ${count} projects`;
}

const projectsOf = (rows: readonly { readonly projectId: string }[]): number =>
  new Set(rows.map(({ projectId }) => projectId)).size;
