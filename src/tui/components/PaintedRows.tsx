import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { PAINTED_ROW } from '../terminal/painted-rows.ts';

/** Reserves rows whose text is painted outside React. */
export function PaintedRows({ rows }: { readonly rows: number }): ReactNode {
  return (
    <Box height={rows} flexShrink={0}>
      <Text>{Array<string>(rows).fill(PAINTED_ROW).join('\n')}</Text>
    </Box>
  );
}
