import type { Analysis } from '../../api/readModels';
import { Panel } from '../../ui/Panel';
import { StateBadge } from '../../ui/StateBadge';
import {
  costOf,
  type Finding,
  findingsOf,
  grouped,
  money,
  type MonthlyCost,
  SEVERITIES,
} from './report';

/** Findings by kind and severity, what a month costs, and what nobody has looked at. */
export function AnalysisReport({ analysis }: { analysis: Analysis }) {
  const cost = costOf(analysis);
  const notJudged = (analysis.notJudged ?? []).filter((text) => typeof text === 'string');
  const groups = grouped(findingsOf(analysis));
  return (
    <div className={cost || notJudged.length > 0 ? 'two' : 'stack'}>
      <div className="stack">
        {analysis.question && (
          <p>
            <strong>Asked:</strong> {analysis.question}
          </p>
        )}
        {analysis.summary && <p className="description">{analysis.summary}</p>}
        {groups.map(({ heading, findings }) => (
          <section key={heading} className="stack tight">
            <h2>{heading}</h2>
            {findings.map((finding, index) => (
              <FindingCard key={index} finding={finding} />
            ))}
          </section>
        ))}
      </div>
      <div className="stack">
        {cost && <Cost cost={cost} />}
        {notJudged.length > 0 && (
          <Panel title="What it cannot judge">
            <ul className="body stack tight soft sm">
              {notJudged.map((text, index) => (
                <li key={index}>{text}</li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </div>
  );
}

function FindingCard({ finding: { severity, title, detail, feature } }: { finding: Finding }) {
  const { word, tone } = SEVERITIES[severity];
  return (
    <article className="card">
      <div className="row">
        <StateBadge tone={tone}>{word}</StateBadge>
        <h3 className="grow">{title}</h3>
        {feature && <span className="tag">{feature}</span>}
      </div>
      {detail && <p className="soft description">{detail}</p>}
    </article>
  );
}

function Cost({ cost: { total, lines } }: { cost: MonthlyCost }) {
  return (
    <Panel title="Monthly cost">
      <div className="body">
        <p className="figure">{money(total)}</p>
        <p className="soft sm">An estimate in US dollars.</p>
      </div>
      {lines.length > 0 && (
        <table className="costs">
          <caption className="hidden">What the cost is made of</caption>
          <thead className="hidden">
            <tr>
              <th scope="col">Of what</th>
              <th scope="col">A month</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ service, what, amount }, index) => (
              <tr key={index}>
                <td>
                  {service}
                  <span className="sub">{what}</span>
                </td>
                <td className="num">{money(amount)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
