import type { ReactNode } from 'react';
import { StaticTable } from '../components/StaticTable.tsx';
import { useSelector } from '../components/ui-context.ts';
import { selectFacts } from '../lines/program-facts.ts';

/** What is known about the opened program and seldom changes. */
export function FactsTable(): ReactNode {
  return <StaticTable rows={[useSelector(selectFacts)]} />;
}
