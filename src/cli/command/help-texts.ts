/** What `--help` tells beside the rows of the table. */
export const IMPORT_DETAILS = `What has no equivalent is named on stderr and in comments of the new file.
A JavaScript ecosystem file is executed to be read, for 10 s at most: import only what you trust.`;

export const STARTUP_DETAILS = `The engine runs with the lists of the current folder, else with those of the config folder.
When it dies, its programs go on and the next engine takes them over; "systemctl stop" stops them.
A unit of the system keeps everything in /var/lib/healer, or in HEALER_HOME.`;

export const WATCHER_DETAILS = `It starts the engine where none runs. Each of the two is replaced within 10 s when it dies or hangs; programs run on
and keep their pids. "healer down" ends both, and what was ended so is not started again.
Exit code of --status: 0 when the watcher answers, 3 when not.`;

export const COMPLETION_DETAILS = `To have it in each shell, put one of these where the shell starts:
  bash  source <(healer completion bash)
  zsh   source <(healer completion zsh)      behind compinit
  fish  healer completion fish | source`;

export const EXAMPLES = `
Examples:
  Get going
    healer up -f process_list.txt     start the engine with a list of programs
    healer up --attach                ... and watch them
    healer config check               find mistakes before they count
    healer down                       stop everything

  Look
    healer ls                         every program, one a line
    healer describe web               all about one
    healer logs web -f --grep error   follow its output
    healer events -f                  follow what healer does

  Operate
    healer restart web worker         several at once
    healer stop all --timeout 10s     every program
    healer cooldown reset web         start again before the rest is over
    healer hold web --for 30m         leave it alone while you work on it

  Define, also while no engine runs
    healer add --memory 500 web -- node web.js
    healer update web --memory 800    in place, without a restart
    healer remove web

  Come from elsewhere
    healer import ecosystem.config.js write healer.yaml from PM2's file

  Use in scripts
    healer ls --json                  every reading command can

Exit codes: 0 ok, 1 failed, 2 usage, 3 engine not running`;
