import { orderTree, type PlacedMember } from '../state/process-rows.ts';
import type { State } from '../state/state.ts';
import type { TreeUsage } from '../state/tree-usage.ts';
import { coarseDuration, oneDecimal } from '../text/figures.ts';
import { fillHeight, line, ruledLine } from '../text/line.ts';
import { type Scene, span } from '../style/scene.ts';

const PID_WIDTH = 8;
const CPU_WIDTH = 7;
const MEMORY_WIDTH = 9;
const AGE_WIDTH = 8;

/** Draws the processes of the opened program, each below its parent. */
export function treeLines({ details, treeUsage }: State, scene: Scene): readonly string[] {
  const tree = details?.tree ?? [];
  const title = ruledLine(scene, [span('Processes', 'strong'), span(` ${tree.length}`, 'muted')], 't: show charts');
  if (tree.length === 0) {
    const text = details === null ? 'loading ...' : 'no processes';
    return fillHeight(scene, [title, line(scene, [span(`  ${text}`, 'muted')])]);
  }
  const ordered = orderTree(tree);
  const room = scene.height - 1;
  const shown = ordered.length > room ? ordered.slice(0, room - 1) : ordered;
  const more = ordered.length - shown.length;
  return fillHeight(scene, [
    title,
    ...shown.map((placed) => memberLine(placed, treeUsage, scene)),
    ...(more > 0 ? [line(scene, [span(`  and ${more} more`, 'muted')])] : []),
  ]);
}

/** Engines of earlier versions report neither CPU time nor age: then there are no columns for them. */
function memberLine({ member, depth }: PlacedMember, usage: TreeUsage, scene: Scene): string {
  const { pid, name, memoryMb, command = name, cpuSeconds, uptimeMs } = member;
  const cpu = usage.get(pid);
  const cpuText = cpu === undefined ? '' : `${oneDecimal(cpu)}%`;
  return line(scene, [
    span(`${String(pid).padStart(PID_WIDTH)} `),
    ...(cpuSeconds === undefined ? [] : [span(cpuText.padStart(CPU_WIDTH), 'info')]),
    span(`${oneDecimal(memoryMb).padStart(MEMORY_WIDTH)} MB  `, 'info'),
    ...(uptimeMs === undefined ? [] : [span(coarseDuration(uptimeMs).padEnd(AGE_WIDTH), 'muted')]),
    span('  '.repeat(depth)),
    span(depth === 0 ? '' : `${scene.glyphs.branch} `, 'muted'),
    span(command),
  ]);
}
