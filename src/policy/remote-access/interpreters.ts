import { wordsIn } from './word-list.ts';

/**
 * Programs that execute code from their arguments, their input or a file, or that can write any file, which is
 * equivalent. Allowing one of them allows everything, so it takes a pattern without an asterisk. Collected from
 * GTFOBins (https://gtfobins.github.io): shell, command, library load and file write.
 */
const SHELLS = `sh ash bash dash zsh ksh mksh pdksh posh fish csh tcsh bsh rc rbash rzsh rksh elvish nu pwsh powershell
  xonsh sash yash osh oil hush lksh jsh slsh`;

/** Programs that start another program, which their arguments name. */
const LAUNCHERS = `env nice nohup setsid timeout stdbuf unbuffer xargs parallel find fd fdfind watch time ionice chrt taskset
  numactl prlimit choom flock run-parts start-stop-daemon daemonize daemon busybox toybox coreutils sudo su doas runuser
  setpriv pkexec capsh chroot unshare nsenter firejail bwrap systemd-run systemd-inhibit systemd-cat systemd-nspawn machinectl
  at batch setarch linux32 linux64 i386 x86_64 uname26 catchsegv dbus-run-session dbus-launch ssh-agent gpg-agent script
  scriptlive scriptreplay expect strace ltrace perf valgrind gdb gdbserver lldb rr exec proot fakeroot fakechroot tini
  dumb-init gosu su-exec setuidgid s6-setuidgid chpst softlimit envdir envuidgid setlock pgrphack cgexec sg newgrp ts chronic
  ifne pee zrun faketime cpulimit multitime rlwrap torify torsocks proxychains tsocks xvfb-run openvt agetty getty logsave
  distcc ccache aa-exec runcon execlineb trickle eatmydata hyperfine entr entrypoint nodemon pm2-runtime concurrently`;

const LANGUAGES = `python pypy ipython jython micropython perl raku ruby jruby irb pry byebug node nodejs deno bun tsx ts-node
  qjs d8 jjs rhino jrunscript lua luajit php php-cgi php-fpm hhvm java javaw javac jshell jdb scala groovy kotlin clojure clj
  dotnet mono csi csharp erl escript elixir iex ghc ghci runghc runhaskell cabal stack ocaml r rscript julia octave matlab
  gnuplot maxima gap guile racket scheme sbcl clisp ecl gcl swipl prolog tclsh tcl wish awk gawk mawk nawk original-awk bawk
  sed ed red ex bc dc m4 jq gojq yq qemu wine ld-linux ld-musl ld as gcc g++ cc c++ c89 c99 cpp clang clang++ tcc
  rustc gfortran gdc dmd nasm yasm zig nim crystal vala cobc fpc tex latex pdftex pdflatex luatex lualatex xetex xelatex
  latexmk gs ghostscript bpftrace stap dtrace debugfs crash ginsh pdb picolisp forth gforth`;

/** Programs that can also run a command or load code. */
const OTHERS = `vi vim nvim view rvim rview vimdiff vigr vipw emacs jed joe nano pico micro mg less more most pager man perldoc
  pydoc tmux screen byobu tmate dialog whiptail socat nc ncat netcat ssh autossh dropbear dbclient mosh scp sftp rsync rlogin
  rsh git hg svn cvs bzr fossil tar bsdtar cpio pax zip unzip 7z 7za 7zr rar arj make gmake bmake cmake ninja meson scons just
  task tasksh npm npx pnpm yarn corepack nvm pip pipx uv uvx poetry easy_install cargo go gem bundle bundler rake cpan cpanm
  prove perlbug mvn gradle ant sbt composer pear pecl luarocks opam docker podman nerdctl kubectl crictl ctr runc crun
  containerd helm terraform vagrant puppet salt salt-call chef-client knife ansible ansible-playbook ansible-test virsh
  crontab anacron fcron curl wget wget2 aria2c axel lftp ftp tftp ncftp telnet lwp-download lwp-request smbclient restic
  rclone openssl gpg gpgsm sqlite3 psql pg_dump mysql mysqldump mariadb mongo mongosh redis-cli tcpdump tshark dumpcap nmap
  apt apt-get aptitude dpkg dpkg-deb rpm rpmbuild rpmquery rpmdb rpmverify yum dnf zypper pacman opkg apk snap flatpak nix
  systemctl systemd-mount systemd-tmpfiles journalctl loginctl busctl gdbus dbus-send dbus-daemon service invoke-rc.d
  update-rc.d initctl rc-service telinit init pm2 supervisord supervisorctl monit runsv runsvdir svscan healer split logrotate
  savelog mail mailx mutt sendmail exim run-mailcap debconf update-alternatives ldd ldconfig insmod modprobe kmod kexec mount
  umount losetup dmsetup nft iptables iptables-restore ip tc sysctl hping3 fping useradd usermod userdel adduser addgroup
  deluser passwd chpasswd visudo sudoedit ssh-keygen ssh-copy-id ssh-keyscan sshpass zsoelim troff groff nroff soelim eqn
  exiftool convert magick montage inkscape gimp libreoffice soffice pandoc xdotool xterm konsole gnome-terminal
  chromium google-chrome chrome electron openvpn pppd dhclient gcloud aws az certbot w3m lynx links elinks ranger mc nnn fzf
  rofi dmenu c_rehash pkg-config`;

/** Programs that can write any content to any file, which the next start may execute. */
const WRITERS = `cp mv ln link install dd tee sponge sort csplit shuf uniq xxd tic infocmp patch chmod chown chgrp setfacl
  setcap chattr mknod truncate shred gzip bzip2 xz zstd lz4 unsquashfs uudecode base64 iconv ar objcopy strip logger
  fallocate rename mkfs tune2fs`;

/** Names that users also give to their own programs; they count only in a system folder. */
const COMMON = `task service link install patch sort mail just init daemon watch find script batch split view time at rename
  convert crash screen entrypoint logger mount truncate monit play dialog tic ts salt zip`;
const SYSTEM_FOLDER = /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]*$/;

/** Names that often precede a dot or dash in unrelated names: `time-tracker`, `install.sh`. */
const EVERYDAY = `go time at task service link install patch sort mail just init daemon watch find more less most script batch
  make split view node rc ts ip tc as pager rename convert monit nano pico micro red joe salt helm rake ant dialog zip crash
  forth crystal screen entrypoint tic tee logger sponge truncate named mount task pry gap`;

const LAUNCHER_NAMES = new Set(wordsIn(LAUNCHERS));
const COMMON_NAMES = new Set(wordsIn(COMMON));
const EVERYDAY_NAMES = new Set(wordsIn(EVERYDAY));
const NAMES = new Set([SHELLS, LAUNCHERS, LANGUAGES, OTHERS, WRITERS].flatMap(wordsIn));

/** Returns whether an executable can execute any command, whatever its version or the case of its name. */
export function isInterpreter(path: string): boolean {
  return namesOf(path).some((name) => NAMES.has(name));
}

/** Returns whether its arguments name a program that it starts. */
export function isLauncher(path: string): boolean {
  return namesOf(path).some((name) => LAUNCHER_NAMES.has(name));
}

/** Returns whether it is `env`, which parses its arguments in its own way. */
export function isEnv(path: string): boolean {
  return namesOf(path).includes('env');
}

/** The prefix of cross compilers: `aarch64-linux-gnu-gcc`. */
const FOR_ANOTHER_MACHINE = /^\w+-(?:\w+-)?linux-(?:gnu|musl)\w*-/;

/** Returns the name of a file, also without version, variant and architecture: `python3.11`, `busybox.static`. */
function namesOf(path: string): readonly string[] {
  const name = (path.split('/').at(-1) ?? '').toLowerCase();
  const plain = name
    .replace(/^[._-]+/, '')
    .replace(/\.exe$/, '')
    .replace(FOR_ANOTHER_MACHINE, '');
  if (COMMON_NAMES.has(plain) && !SYSTEM_FOLDER.test(path)) return [];
  const unversioned = plain.replace(/[-_.]?\d[\d._-]*[a-z]*$/, '');
  const loader = /^ld(?:64)?[-.].*so/.test(plain) ? ['ld'] : [];
  return [name, plain, unversioned, ...loader, ...beginningsOf(plain)];
}

function beginningsOf(name: string): readonly string[] {
  const [beforeDot = ''] = name.split('.');
  const [beforeDash = ''] = name.split('-');
  const beginnings = [beforeDot, beforeDash, withoutDigits(beforeDot), withoutDigits(beforeDash)];
  return beginnings.filter((beginning) => !EVERYDAY_NAMES.has(beginning));
}

function withoutDigits(name: string): string {
  return name.replace(/[\d_-]+$/, '');
}
