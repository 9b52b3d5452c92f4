import { readHead } from './executable-head.ts';

/** Contains the first line of a script, and the path of the loader in an ELF file. */
const HEAD_BYTES = 4096;
const EXCERPT_LENGTH = 20;

const ELF = '\x7fELF';
const UTF8_MARK = '\xef\xbb\xbf';
const UTF16_MARKS = ['\xff\xfe', '\xfe\xff'];
const MACH_O = ['\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe'];
const MACHINE_OFFSET = 18;

/** From elf.h. */
const MACHINES: Readonly<Record<number, string>> = {
  3: 'x86 (32 bits)',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC (64 bits)',
  22: 's390',
  40: 'ARM (32 bits)',
  62: 'x64',
  183: 'arm64',
  243: 'RISC-V',
};
const OWN_MACHINE: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** Returns why the kernel reports that a file which exists does not exist: its interpreter or loader is missing. */
export function describeMissingInterpreter(file: string): string {
  const head = headOf(file);
  if (head.startsWith('#!')) {
    const line = head.split('\n', 1)[0] ?? '';
    const interpreter = interpreterOf(line);
    if (line.endsWith('\r')) {
      return `its first line ends with a carriage return (a Windows line ending), so the kernel looks for the interpreter "${interpreter}\\r"; convert it with "dos2unix" or "sed -i 's/\\r$//'"`;
    }
    return `the interpreter named in its first line, "${interpreter}", does not exist; install it or correct the line`;
  }
  const loader = head.startsWith(ELF) ? /\/[\w./+-]*\bld[\w.+-]*\.so[\w.+-]*/.exec(head)?.[0] : undefined;
  if (loader !== undefined) return `its dynamic loader "${loader}" does not exist; it was built for another system`;
  return 'the file, or the interpreter named in its first line, does not exist';
}

/** Returns why the kernel cannot execute a file, judged by its first bytes. */
export function describeFormat(file: string): string {
  const head = headOf(file);
  if (head === '') return 'the file is empty: it is neither a binary nor a script with a #! line';
  if (head.startsWith(`${UTF8_MARK}#!`)) {
    return 'the file starts with a byte order mark (BOM), so its #! line is not recognized; save it as UTF-8 without BOM';
  }
  if (UTF16_MARKS.some((mark) => head.startsWith(mark))) return 'the file is UTF-16 text; save it as UTF-8 without BOM';
  if (head.startsWith(ELF)) return describeElf(head);
  if (head.startsWith('#!')) return describeFirstLine(head) ?? 'its #! line cannot be executed';
  if (head.startsWith('MZ')) return 'the file is a Windows program';
  if (MACH_O.some((magic) => head.startsWith(magic))) return 'the file is a program for macOS';
  const excerpt = JSON.stringify(head.slice(0, EXCERPT_LENGTH));
  return `the file is neither a binary nor a script with a #! line: it starts with ${excerpt}; add a first line such as "#!/bin/sh"`;
}

/** Returns what is wrong with the #! line of a script; null if the line names an interpreter, or there is none. */
export function describeFirstLine(head: string): string | null {
  if (!head.startsWith('#!')) return null;
  const line = head.split('\n', 1)[0] ?? '';
  return interpreterOf(line) === ''
    ? 'its first line is "#!" without an interpreter; add one, such as "#!/bin/sh"'
    : null;
}

/** Returns the start of a file as latin1, or an empty text if it cannot be read. */
export function headOf(file: string): string {
  try {
    return readHead(file, HEAD_BYTES);
  } catch {
    return '';
  }
}

/** Returns the interpreter that a #! line names; an empty text without one. */
export function interpreterOf(line: string): string {
  return /^#![ \t]*([^ \t\r\n]*)/.exec(line)?.[1] ?? '';
}

function describeElf(head: string): string {
  const machine = head.charCodeAt(MACHINE_OFFSET) + 256 * head.charCodeAt(MACHINE_OFFSET + 1);
  if (Number.isNaN(machine)) return 'the file is a truncated ELF binary';
  if (machine === OWN_MACHINE[process.arch]) return 'the file is a damaged or truncated ELF binary';
  const name = MACHINES[machine] ?? `machine type ${String(machine)}`;
  return `the file is an ELF binary for another processor (${name}), and this machine is ${process.arch}`;
}
