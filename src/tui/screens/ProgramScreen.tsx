import { Box } from 'ink';
import type { ReactNode } from 'react';
import { HotLines } from '../components/HotLines.tsx';
import { StaticTable } from '../components/StaticTable.tsx';
import { useSelector } from '../components/use-session.ts';
import { layoutOf } from '../layout/layout.ts';
import { selectFacts } from '../lines/program-facts.ts';

/** One program: how it is, its facts, its use of resources, its output. */
export function ProgramScreen(): ReactNode {
  const height = useSelector((state) => layoutOf(state).facts);
  const facts = useSelector(selectFacts);
  return (
    <>
      <HotLines region="title" />
      {height > 0 && (
        <Box height={height} flexShrink={0} overflow="hidden">
          <StaticTable rows={[facts]} />
        </Box>
      )}
      <HotLines region="details" />
      <HotLines region="charts" />
      <HotLines region="log" />
    </>
  );
}
