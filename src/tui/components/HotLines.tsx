import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { layoutOf } from '../layout/layout.ts';
import { useSelector } from './use-session.ts';
import { type HotRegion, standIn } from '../terminal/hot-lines.ts';

/** Keeps the place for lines that are painted outside React. */
export function HotLines({ region }: { readonly region: HotRegion }): ReactNode {
  const height = useSelector((state) => layoutOf(state).hot[region]);
  const lines = Array.from({ length: height }, (_, index) => standIn(region, index));
  return (
    <Box height={height} flexShrink={0}>
      <Text>{lines.join('\n')}</Text>
    </Box>
  );
}
