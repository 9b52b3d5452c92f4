/** Whether an id is that of an instance of a program: as the program's, with a dash and a number. */
export function isInstanceOf(id: string, program: string): boolean {
  return id.startsWith(`${program}-`) && /^\d+$/.test(id.slice(program.length + 1));
}
