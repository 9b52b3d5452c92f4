/** Returns whether an id is the program's id followed by a dash and a number, as the ids of its instances are. */
export function isInstanceOf(id: string, program: string): boolean {
  return id.startsWith(`${program}-`) && /^\d+$/.test(id.slice(program.length + 1));
}
