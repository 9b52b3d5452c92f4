/** What `healer` prints without a command: the commands that most people need, and where to find the others. */
export const FIRST_COMMANDS = `Usage: healer <command>

healer keeps programs running: it starts them, watches them and heals faults.

  healer add web -- node server.js   add a program and start it
  healer up                          start the engine and its programs
  healer ls                          list programs
  healer logs web -f                 follow the output of a program
  healer why web                     explain what failed, and what happens next
  healer restart web                 restart a program
  healer tui                         open the live view
  healer down                        stop all programs and the engine

In a project folder, "healer init" writes a healer.yaml with its programs.
All commands: healer --help    One command: healer help logs
`;
