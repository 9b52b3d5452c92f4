import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { usePens, useSelector } from '../hooks/use-session.ts';
import { OPERATIONS } from '../store/operations.ts';
import type { Overlay, Target } from '../store/state.ts';

/** Asks before something is destroyed. It names what was meant when it opened; only `y` does it. */
export function ConfirmDialog(): ReactNode {
  const overlay = useSelector((state) => state.overlay);
  const { theme, glyphs } = usePens();
  if (overlay.kind !== 'confirm') return null;
  return (
    <Box
      flexDirection="column"
      flexShrink={0}
      height={4}
      paddingX={1}
      borderStyle={glyphs.frame === null ? 'round' : 'classic'}
    >
      <Text wrap="truncate">{theme.paint('strong', questionOf(overlay))}</Text>
      <Text wrap="truncate">
        {`${theme.paint('bad', 'y')} yes   ${theme.paint('strong', 'n')} no (also Esc and Enter)`}
      </Text>
    </Box>
  );
}

function questionOf({ operation, targets }: Overlay & { readonly kind: 'confirm' }): string {
  const { verb, note } = OPERATIONS[operation];
  return `${verb} ${namesOf(targets)}?${note === '' ? '' : ` (${note})`}`;
}

function namesOf(targets: readonly Target[]): string {
  const [first] = targets;
  if (first !== undefined && targets.length === 1) return nameOf(first);
  return `${targets.length} programs: ${targets.map(({ name }) => name).join(', ')}`;
}

function nameOf({ name, pid }: Target): string {
  return pid === null ? name : `${name} (pid ${pid})`;
}
