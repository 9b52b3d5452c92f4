import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { usePens } from './ui-context.ts';
import type { Span } from '../style/scene.ts';

interface LineProps {
  readonly spans: readonly Span[];
  /** At the right edge; cut first if there is not enough room. */
  readonly right?: readonly Span[];
}

/** Renders one line, cut at the edge of the screen. */
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
