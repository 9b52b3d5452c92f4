/** Texts that the help of a command shows below its options. */
export const IMPORT_DETAILS = `Formats: Procfile, PM2 (ecosystem file, dump.pm2), supervisord, mprocs.yaml, process-compose.yaml, docker-compose.yml,
systemd (.service), circus.ini, monit. Services of Docker Compose are imported if their code is on this machine.
Settings without an equivalent are listed on stderr and in comments of the new file.
A JavaScript ecosystem file is executed for up to 10 s to read it: import only files you trust.`;

export const INIT_DETAILS = `Reads Procfile, process-compose.yaml, mprocs.yaml, ecosystem.json, supervisord.conf, circus.ini and the files of
Docker Compose, or else the scripts of package.json that keep running, such as "start" and "worker". Nothing is
executed, and no file is overwritten. What was left out is listed on stderr.`;

export const STARTUP_DETAILS = `The engine uses the same configuration and state at boot as in this shell (HEALER_HOME, XDG_CONFIG_HOME, XDG_STATE_HOME),
and continues with the files of the last engine. It also reads the process list and healer.yaml of the current folder.
If an installed file has another HEALER_HOME, that is kept. "healer doctor" reports when the file is out of date.
If the engine dies, its programs keep running and the next engine adopts them; stopping the service stops them.`;

export const STOP_DETAILS = `A stopped program stays stopped, even if the engine dies and another one starts. After "healer down", the next
"healer up" starts it again unless it has autostart: false; "healer disable" prevents that too.`;

export const RELOAD_DETAILS = `Programs keep running: each receives its reload signal (reload.signal, by default SIGHUP), and only if it handles that
signal. "pm2 reload" and "supervisorctl reload" restart programs instead; use "healer restart" for that.
With reload.strategy: overlap, a new run starts, and the old one is stopped once the new one is ready.`;

export const WAIT_DETAILS = `ready    running, and past its startup check or startSeconds (the default)
healthy  ready, and its health check passes
stopped  without a process, and nothing will start it
exited   the run that was in progress when the wait began has ended
A program that can no longer become ready, such as one that has failed, ends the wait at once.
Exit code: 0 once all programs are in this state, 1 if one of them cannot be or is not in time.`;

export const WATCHER_DETAILS = `Also starts the engine if it is not running. An engine that dies or hangs is replaced by its peer within 10 s; programs
keep running with the same pids. "healer down" stops both engines, and neither restarts the other.
Exit code of --status: 0 if the watcher answers, 3 if not.`;

export const DOWN_DETAILS = `If the engine has died, this ends what it left running. Exit code: 0 if everything has stopped, 1 if not, 3 if nothing was
running.`;

export const CONFIG_DETAILS = `healer config get [KEY]            show settings
healer config set KEY [VALUE]      change a setting, or restore its default if VALUE is omitted
healer config check [FILE...]      check healer.yaml and process lists, without an engine`;

export const COMPLETION_DETAILS = `To enable completion in every new shell, add one of these lines to its startup file:
  bash  source <(healer completion bash)
  zsh   source <(healer completion zsh)      (after compinit)
  fish  healer completion fish | source`;

export const FLEET_SELECTOR_DETAILS = `All terms of a selector must hold, except that several names mean any of them:
  web-01  web-*            names of hosts
  role=web  rack!=r1       labels
  site=eu,us  version=0.3.*
  live  late  lost  left   whether the host is there; state=failed selects hosts with a failed program
  healthy  bad  bad>2      programs that are down after a failure, or unhealthy
  cpu>80  memory>90  age>1m
"!" negates a term: healer fleet ls role=web '!healthy'`;

export const FLEET_INIT_DETAILS = `Needs nats-server, e.g. from "apt-get install nats-server". The engine of this machine runs it as the program "fleet-bus".
  healer fleet init --listen 10.0.0.1        hosts connect to 10.0.0.1:19886, over TLS
  healer fleet init --listen 127.0.0.1       try a fleet on one machine`;

export const FLEET_BACKUP_DETAILS = `Run it on the machine of the hub after hosts have joined. If that machine is lost, another one with the same address becomes
the hub, and hosts and persons keep their credentials:
  healer fleet backup fleet-backup.json
  healer fleet init --restore fleet-backup.json`;

export const FLEET_INVITE_DETAILS = `Run it on the machine of the hub, and paste the line that it prints on the other machine:
  healer fleet invite web-01 --label role=web
  healer fleet invite --file hosts.txt --out invitations/
  healer fleet invite --role operator ann --verbs restart,stop --site eu
An invitation works once.`;

export const EXAMPLES = `
Examples:
  Start
    healer up -f process_list.txt     start the engine with a list of programs
    healer up --attach                start the engine and open the terminal UI
    healer config check               find mistakes before they take effect
    healer down                       stop everything

  Inspect
    healer ls                         list programs
    healer describe web               show one program in detail
    healer logs web -f --grep error   follow its log
    healer events -f                  follow what healer does

  Operate
    healer restart web worker         restart two programs at once
    healer stop all --timeout 10s     stop every program
    healer cooldown reset web         end a cooldown and start the program
    healer hold web --for 30m         pause healing while you work on it

  Define, with or without a running engine
    healer add --memory 500 web -- node web.js
    healer update web --memory 800    change a limit without a restart
    healer remove web

  Migrate
    healer import ecosystem.config.js convert a PM2 file to healer.yaml

  Use in scripts
    healer ls --json                  print JSON instead of text
    healer wait web --for healthy     wait until a program works

Exit codes: 0 success, 1 failure, 2 wrong usage, 3 engine not running`;

export const FLEET_OPERATION_DETAILS = `Prints the plan first: the hosts that match, the absent ones by name, and those that refuse. Then each host gets one
outcome: ok, failed, refused, absent or unknown. Each host performs the operation at most once, and not after 10 s.
  healer fleet restart api -l 'role=web site=eu'
Exit code, for the worst outcome: 0 ok, 5 refused, 3 absent, 1 failed, 4 unknown.`;
