import { Text } from 'ink';
import { Table } from 'ink-table';
import type { PropsWithChildren, ReactNode } from 'react';
import { usePens } from './ui-context.ts';

interface StaticTableProps {
  /** The cells, already cut to size. Each character must be one column wide. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/**
 * Renders a small table that seldom changes. ink-table measures text by `length`, has no width limit and uses two lines
 * per row, which is fine for a few facts but not for a live list.
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

/** ink-table passes one string to each part. */
function asText(children: ReactNode): string {
  return typeof children === 'string' ? children : '';
}
