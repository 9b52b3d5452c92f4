import { Box } from 'ink';
import type { ReactNode } from 'react';
import { PaintedRows } from '../components/PaintedRows.tsx';
import { useSelector } from '../components/ui-context.ts';
import { layoutOf } from '../layout/layout.ts';
import { type InkPart, isInkPart, SCREEN } from '../layout/screen.ts';
import { HelpScreen } from './HelpScreen.tsx';

const INK_PARTS: Readonly<Record<InkPart, () => ReactNode>> = { help: HelpScreen };

/** The screen from top to bottom, each part with the height that the layout gives it. */
export function App(): ReactNode {
  const size = useSelector((state) => state.size);
  const layout = useSelector(layoutOf);
  const shown = SCREEN.filter(({ name }) => layout[name] > 0);
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
      {shown.map(({ name }) => {
        if (!isInkPart(name)) return <PaintedRows key={name} rows={layout[name]} />;
        const Table = INK_PARTS[name];
        return (
          <Box key={name} flexDirection="column" height={layout[name]} flexShrink={0} overflow="hidden">
            <Table />
          </Box>
        );
      })}
    </Box>
  );
}
