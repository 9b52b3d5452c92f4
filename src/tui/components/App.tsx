import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useSelector } from '../hooks/use-session.ts';
import { layoutOf } from '../layout.ts';
import { HelpScreen } from '../screens/HelpScreen.tsx';
import { ProcessesScreen } from '../screens/ProcessesScreen.tsx';
import { ProgramScreen } from '../screens/ProgramScreen.tsx';
import type { State } from '../store/state.ts';
import { Banner } from './Banner.tsx';
import { Footer } from './Footer.tsx';
import { HotLines } from './HotLines.tsx';
import { MessageLine } from './MessageLine.tsx';
import { Tabs } from './Tabs.tsx';

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
