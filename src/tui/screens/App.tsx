import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useSelector } from '../components/use-session.ts';
import { layoutOf } from '../layout/layout.ts';
import { HelpScreen } from './HelpScreen.tsx';
import { ProcessesScreen } from './ProcessesScreen.tsx';
import { ProgramScreen } from './ProgramScreen.tsx';
import type { State } from '../state/state.ts';
import { Banner } from '../components/Banner.tsx';
import { Footer } from '../components/Footer.tsx';
import { HotLines } from '../components/HotLines.tsx';
import { MessageLine } from '../components/MessageLine.tsx';
import { Tabs } from '../components/Tabs.tsx';

/** The screen from top to bottom. `layoutOf` has the heights; every part keeps to them. */
export function App(): ReactNode {
  const size = useSelector((state) => state.size);
  const gap = useSelector((state) => layoutOf(state).gap);
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
      <HotLines region="header" />
      <Box height={gap} flexShrink={0} />
      <Banner />
      <Tabs />
      <Body />
      <Box flexGrow={1} />
      <HotLines region="dialog" />
      <MessageLine />
      <Footer />
    </Box>
  );
}

type BodyName = 'help' | 'form' | 'program' | 'processes' | 'cooldowns' | 'records';

function Body(): ReactNode {
  const name = useSelector(bodyName);
  switch (name) {
    case 'help':
      return <HelpScreen />;
    case 'program':
      return <ProgramScreen />;
    case 'processes':
      return <ProcessesScreen />;
    case 'form':
    case 'cooldowns':
    case 'records':
      return <HotLines region={name} />;
  }
}

function bodyName({ overlay, view }: State): BodyName {
  if (overlay.kind === 'help' || overlay.kind === 'form') return overlay.kind;
  if (view.kind === 'program') return 'program';
  if (view.tab === 'processes') return 'processes';
  return view.tab === 'cooldown' ? 'cooldowns' : 'records';
}
