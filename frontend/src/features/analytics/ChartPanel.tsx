import { Button } from '@aws-amplify/ui-react';
import { ChartColumn, Table2 } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { type Day, dayInWords } from './days';

/** What a row of the table is of, such as a day. */
export interface By<Row> {
  readonly name: string;
  readonly note: string;
  readonly key: (row: Row) => string;
  readonly word: (row: Row) => string;
}

export const BY_DAY: By<Day> = {
  name: 'Day',
  note: 'Days are of UTC.',
  key: ({ day }) => day,
  word: ({ day }) => dayInWords(day),
};

/** A column of the table: its name, and what it says of a row. */
export interface Column<Row = Day> {
  readonly name: string;
  readonly value: (row: Row) => string;
}

export interface Sign {
  readonly colour: string;
  readonly word: string;
}

interface ChartPanelProps<Row> {
  readonly title: string;
  readonly by: By<Row>;
  /** The oldest first. */
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly legend: readonly Sign[];
  readonly children: ReactNode;
}

/** A chart, or the same figures as a table. */
export function ChartPanel<Row>({
  title,
  by,
  rows,
  columns,
  legend,
  children,
}: ChartPanelProps<Row>) {
  const id = useId();
  const [isTable, setTable] = useState(false);
  return (
    <figure className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        <Button
          size="small"
          variation="link"
          className="push"
          aria-describedby={id}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? <ChartColumn /> : <Table2 />} {isTable ? 'As a chart' : 'As a table'}
        </Button>
      </header>
      {isTable ? (
        <FigureTable title={title} by={by} rows={rows} columns={columns} />
      ) : (
        <div className="body stack tight">
          {children}
          <figcaption className="legend">
            {legend.map(({ colour, word }) => (
              <span key={word}>
                <i style={{ background: colour }} />
                {word}
              </span>
            ))}
          </figcaption>
        </div>
      )}
    </figure>
  );
}

type FigureTableProps<Row> = Pick<ChartPanelProps<Row>, 'title' | 'by' | 'rows' | 'columns'>;

function FigureTable<Row>({ title, by, rows, columns }: FigureTableProps<Row>) {
  return (
    <table className="figures">
      <caption className="hidden">
        {title}, newest first. {by.note}
      </caption>
      <thead>
        <tr>
          <th scope="col">{by.name}</th>
          {columns.map(({ name }) => (
            <th key={name} scope="col" className="num">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.toReversed().map((row) => (
          <tr key={by.key(row)}>
            <th scope="row">{by.word(row)}</th>
            {columns.map(({ name, value }) => (
              <td key={name} className="num">
                {value(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
