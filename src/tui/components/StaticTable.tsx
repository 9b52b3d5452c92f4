import { Text } from 'ink';
import { Table } from 'ink-table';
import type { PropsWithChildren, ReactNode } from 'react';
import { usePens } from './use-session.ts';

interface StaticTableProps {
  /** Cells as they are to be shown: cut to size, one column wide a character. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/**
 * A small table of things that seldom change. ink-table measures by `length`, knows no width and takes two lines a row:
 * right for a few facts, wrong for a live list.
 */
export function StaticTable({ rows }: StaticTableProps): ReactNode {
  return <Table data={[...rows]} header={Heading} skeleton={Frame} />;
}

function Heading({ children }: PropsWithChildren): ReactNode {
  const { theme } = usePens();
  return <Text>{theme.paint('strong', asText(children))}</Text>;
}

function Frame({ children }: PropsWithChildren): ReactNode {
  const { theme, glyphs } = usePens();
  const { frame } = glyphs;
  const text = asText(children);
  return (
    <Text>
      {theme.paint('muted', frame === null ? text : Array.from(text, (edge) => frame[edge] ?? edge).join(''))}
    </Text>
  );
}

/** ink-table gives its parts one string each. */
function asText(children: ReactNode): string {
  return typeof children === 'string' ? children : '';
}
