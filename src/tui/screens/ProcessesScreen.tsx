import type { ReactNode } from 'react';
import { HotLines } from '../components/HotLines.tsx';

/** The live table and, where there is room, the selected program's output. */
export function ProcessesScreen(): ReactNode {
  return (
    <>
      <HotLines region="table" />
      <HotLines region="tail" />
    </>
  );
}
