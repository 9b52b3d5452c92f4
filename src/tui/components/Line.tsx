import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { usePens } from './use-session.ts';
import type { Span } from '../style/scene.ts';

interface LineProps {
  readonly spans: readonly Span[];
  /** At the right edge; left out first where there is no room. */
  readonly right?: readonly Span[];
}

/** One line of the screen, cut at its edge. */
export function Line({ spans, right = [] }: LineProps): ReactNode {
  const { theme } = usePens();
  const paint = (pieces: readonly Span[]): string => pieces.map(({ text, tone }) => theme.paint(tone, text)).join('');
  return (
    <Box height={1} flexShrink={0} justifyContent="space-between">
      <Text wrap="truncate">{paint(spans)}</Text>
      {right.length > 0 && (
        <Box flexShrink={1000}>
          <Text wrap="truncate">{paint(right)}</Text>
        </Box>
      )}
    </Box>
  );
}
