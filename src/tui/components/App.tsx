import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useSelector } from '../hooks/use-session.ts';
import { layoutOf } from '../layout.ts';
import { HelpScreen } from '../screens/HelpScreen.tsx';
import { ProcessesScreen } from '../screens/ProcessesScreen.tsx';
import { ProgramScreen } from '../screens/ProgramScreen.tsx';
import type { State } from '../store/state.ts';
import { Banner } from './Banner.tsx';
import { ConfirmDialog } from './ConfirmDialog.tsx';
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
      <ConfirmDialog />
      <MessageLine />
      <Footer />
    </Box>
  );
}

type BodyName = 'help' | 'program' | 'processes' | 'cooldown' | 'events';

function Body(): ReactNode {
  switch (useSelector(bodyName)) {
    case 'help':
      return <HelpScreen />;
    case 'program':
      return <ProgramScreen />;
    case 'processes':
      return <ProcessesScreen />;
    case 'cooldown':
      return <HotLines region="cooldowns" />;
    case 'events':
      return <HotLines region="events" />;
  }
}

function bodyName({ overlay, view }: State): BodyName {
  if (overlay.kind === 'help') return 'help';
  return view.kind === 'program' ? 'program' : view.tab;
}
