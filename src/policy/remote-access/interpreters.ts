/**
 * Programs that execute what their arguments, their input or a file of the caller's says. To allow one of them is to
 * allow everything, so only a pattern without an asterisk does it.
 */
const SHELLS = 'sh ash bash dash zsh ksh mksh pdksh fish csh tcsh rbash rzsh elvish nu pwsh xonsh sash';

/** Those that start another program, named in their arguments. */
const LAUNCHERS = `env nice nohup setsid timeout stdbuf unbuffer xargs parallel find fd watch time ionice chrt taskset
  numactl prlimit choom flock run-parts start-stop-daemon daemonize daemon busybox toybox sudo su doas runuser setpriv
  pkexec capsh chroot unshare nsenter firejail bwrap systemd-run machinectl at batch setarch linux32 linux64 i386 x86_64
  catchsegv dbus-run-session ssh-agent script expect unshare strace ltrace perf valgrind gdb lldb rr exec proot fakeroot
  tini dumb-init gosu su-exec s6-setuidgid chpst softlimit setuidgid envdir cgexec sg newgrp`;

const LANGUAGES = `python pypy ipython perl ruby irb node nodejs deno bun lua luajit php java javaw jshell scala groovy kotlin dotnet
  mono csi erl escript elixir iex ghci runghc runhaskell ocaml r rscript julia octave gnuplot guile racket scheme sbcl clisp
  swipl tclsh wish awk gawk mawk nawk original-awk sed ed ex bc dc m4 jq qemu wine ld-linux ld-musl ld`;

/** Those that run a command when they are asked to, among other work. */
const OTHERS = `vi vim nvim view rvim emacs nano less more man tmux screen byobu socat nc ncat netcat ssh scp sftp rsync git hg
  svn cvs tar cpio zip unzip make gmake cmake ninja meson npm npx pnpm yarn corepack pip pipx uv uvx poetry cargo go
  gem bundle bundler rake mvn gradle ant composer docker podman nerdctl kubectl crictl ctr runc crun helm terraform ansible
  ansible-playbook crontab wget ftp telnet openssl sqlite3 psql mysql mariadb mongo redis-cli tcpdump tshark nmap apt
  apt-get dpkg rpm yum dnf snap flatpak systemctl journalctl loginctl pm2 supervisord healer split logrotate mail
  gcc cc clang tcc rustc as hping3 ghc dmsetup ip zypper pacman`;

const words = (text: string): readonly string[] => text.split(/\s+/);
const LAUNCHER_NAMES = new Set(words(LAUNCHERS));
const NAMES = new Set([SHELLS, LAUNCHERS, LANGUAGES, OTHERS].flatMap(words));

/** Whether an executable is known to execute what it is told to, whatever its version or the case of its name. */
export function isInterpreter(path: string): boolean {
  return namesOf(path).some((name) => NAMES.has(name));
}

/** Whether its arguments name a program that it starts. */
export function isLauncher(path: string): boolean {
  return namesOf(path).some((name) => LAUNCHER_NAMES.has(name));
}

/** The name of a file, and what is left of it without a version, a variant or an architecture: `python3.11`, `busybox.static`. */
function namesOf(path: string): readonly string[] {
  const name = (path.split('/').at(-1) ?? '').toLowerCase();
  const plain = name.replace(/\.exe$/, '');
  const [beforeDot = ''] = plain.split('.');
  const [beforeDash = ''] = plain.split('-');
  const unversioned = plain.replace(/[-_.]?\d[\d._-]*[a-z]*$/, '');
  const loader = /^ld(?:64)?[-.].*so/.test(plain) ? ['ld'] : [];
  return [
    name,
    plain,
    beforeDot,
    beforeDash,
    withoutDigits(beforeDot),
    withoutDigits(beforeDash),
    unversioned,
    ...loader,
  ];
}

function withoutDigits(name: string): string {
  return name.replace(/[\d_-]+$/, '');
}
