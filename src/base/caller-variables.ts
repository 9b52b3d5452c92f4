import type { Environment } from './environment.ts';

/** Who sets a variable for one process or one session. */
type Caller = 'service manager' | 'sudo' | 'ssh' | 'login' | 'terminal' | 'npm' | 'ci' | 'user';

interface CallerVariables {
  readonly by: Caller;
  /** `always`: no other process may have it. `when the user changes`: it belongs to the user who has it. */
  readonly dropped: 'always' | 'when the user changes';
  readonly names: RegExp;
}

const named = (text: string): RegExp => new RegExp(`^(?:${text.trim().split(/\s+/).join('|')})$`);

/** The variables that describe the caller of a process and mislead the processes that this process starts. */
const CALLER_VARIABLES: readonly CallerVariables[] = [
  {
    // systemd.exec(5), sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3)
    by: 'service manager',
    dropped: 'always',
    names: named(`
      NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID LISTEN_FDS LISTEN_PID LISTEN_PIDFDID LISTEN_FDNAMES FDSTORE INVOCATION_ID
      JOURNAL_STREAM MAINPID MAINPIDFDID MANAGERPID MANAGERPIDFDID SYSTEMD_EXEC_PID SYSTEMD_ACTIVATION_\\w+
      CREDENTIALS_DIRECTORY MEMORY_PRESSURE_(?:WATCH|WRITE) (?:RUNTIME|STATE|CACHE|LOGS|CONFIGURATION)_DIRECTORY
      TRIGGER_(?:UNIT|PATH|TIMER_\\w+) MONITOR_(?:SERVICE_RESULT|EXIT_CODE|EXIT_STATUS|INVOCATION_ID|UNIT)`),
  },
  { by: 'sudo', dropped: 'always', names: named('SUDO_\\w+ DOAS_USER PKEXEC_UID') },
  {
    by: 'ssh',
    dropped: 'always',
    names: named('SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_ORIGINAL_COMMAND SSH_USER_AUTH'),
  },
  // An agent often serves the whole login of a user and not only one connection.
  {
    by: 'ssh',
    dropped: 'when the user changes',
    names: named('SSH_AUTH_SOCK SSH_AGENT_PID SSH_ASKPASS GPG_AGENT_INFO'),
  },
  {
    by: 'login',
    dropped: 'always',
    names: named(`
      _ SHLVL PWD OLDPWD XDG_SESSION_ID XDG_SESSION_CLASS XDG_SESSION_PATH XDG_SEAT XDG_SEAT_PATH XDG_VTNR TMUX TMUX_PANE
      STY WINDOW WINDOWID COLUMNS LINES`),
  },
  {
    by: 'terminal',
    dropped: 'always',
    names: named(`
      TERM_PROGRAM TERM_PROGRAM_VERSION TERM_SESSION_ID TERMINAL_EMULATOR VTE_VERSION WT_SESSION WT_PROFILE_ID LC_TERMINAL
      LC_TERMINAL_VERSION (?:KITTY|WEZTERM|ALACRITTY|ITERM|KONSOLE|GHOSTTY|TILIX|ZELLIJ|VSCODE)_\\w+ ZELLIJ`),
  },
  // npm sets its variables for each script that it runs.
  { by: 'npm', dropped: 'always', names: named('npm_\\w+ INIT_CWD') },
  {
    by: 'login',
    dropped: 'when the user changes',
    names: named('XDG_\\w+ DESKTOP_SESSION SESSION_MANAGER ICEAUTHORITY KRB5CCNAME HISTFILE MAIL TMPDIR ENV BASH_ENV'),
  },
  {
    // Several CI systems kill every process that has their variables when a job ends.
    by: 'ci',
    dropped: 'always',
    names: named(`
      CI CI_\\w+ CONTINUOUS_INTEGRATION BUILD_(?:ID|NUMBER|TAG|URL|DISPLAY_NAME) JENKINS_\\w+ HUDSON_\\w+
      GITLAB_(?:CI|FEATURES|USER_\\w+) DRONE DRONE_\\w+ APPVEYOR APPVEYOR_\\w+ SEMAPHORE SEMAPHORE_\\w+ CIRRUS_\\w+
      CODEBUILD_\\w+ BITBUCKET_(?:BUILD|PIPELINE|STEP|COMMIT|BRANCH|REPO|WORKSPACE)\\w*
      GITHUB_(?:SHA|REF|REF_\\w+|BASE_REF|HEAD_REF|REPOSITORY|REPOSITORY_\\w+|ACTOR|ACTOR_ID|TRIGGERING_ACTOR|RETENTION_DAYS)
      GITHUB_(?:ACTIONS?|ACTION_\\w+|RUN_\\w+|JOB|ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|WORKFLOW|WORKFLOW_\\w+|EVENT_\\w+)
      RUNNER_\\w+ ACTIONS_\\w+ CIRCLECI CIRCLE_\\w+ TRAVIS TRAVIS_\\w+ BUILDKITE BUILDKITE_\\w+ TEAMCITY_\\w+ TF_BUILD`),
  },
  { by: 'user', dropped: 'when the user changes', names: named('HOME USER LOGNAME USERNAME SHELL') },
];

/** Which variables to drop. */
interface Change {
  readonly userChanges: boolean;
  /** Keeps the variables of the service manager, for a process that takes the place of this one. */
  readonly keepsServiceManager?: boolean;
}

/** Returns who sets this variable for one process or session; null for any other variable. */
export function callerOfVariable(name: string): Caller | null {
  return CALLER_VARIABLES.find(({ names }) => names.test(name))?.by ?? null;
}

/** Returns an environment without the variables of the caller. */
export function withoutCallerVariables(env: Environment, change: Change): Record<string, string> {
  const kept = Object.entries(env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !isDropped(pair[0], change),
  );
  return Object.fromEntries(kept);
}

/** Deletes the variables of the caller that no other process may have. */
export function deleteCallerVariables(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) if (isDropped(name, { userChanges: false })) Reflect.deleteProperty(env, name);
}

function isDropped(name: string, { userChanges, keepsServiceManager = false }: Change): boolean {
  return CALLER_VARIABLES.some(
    ({ by, dropped, names }) =>
      (dropped === 'always' || userChanges) && !(keepsServiceManager && by === 'service manager') && names.test(name),
  );
}
