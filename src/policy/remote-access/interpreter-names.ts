/**
 * Programs that execute code from their arguments, their input or a file, or that can write any file, which is
 * equivalent. Allowing one of them allows everything, so it takes a pattern without an asterisk. These names complete those
 * of gtfobins.ts, which are generated.
 */
const SHELLS = `sh ash bash dash zsh ksh mksh pdksh posh fish csh tcsh bsh rc rbash rzsh rksh elvish nu pwsh powershell
  xonsh sash yash osh oil hush lksh jsh slsh`;

/** Programs that start another program, which their arguments name. */
export const LAUNCHERS = `env nice nohup setsid timeout stdbuf unbuffer xargs parallel find fd fdfind watch time ionice chrt taskset
  numactl prlimit choom flock run-parts start-stop-daemon daemonize daemon busybox toybox coreutils sudo su doas runuser
  setpriv pkexec capsh chroot unshare nsenter firejail bwrap systemd-run systemd-inhibit systemd-cat systemd-nspawn machinectl
  at batch setarch linux32 linux64 i386 x86_64 uname26 catchsegv dbus-run-session dbus-launch ssh-agent gpg-agent script
  scriptlive scriptreplay expect strace ltrace perf valgrind gdb gdbserver lldb rr exec proot fakeroot fakechroot tini
  dumb-init gosu su-exec setuidgid s6-setuidgid chpst softlimit envdir envuidgid setlock pgrphack cgexec sg newgrp ts chronic
  ifne pee zrun faketime cpulimit multitime rlwrap torify torsocks proxychains tsocks xvfb-run openvt agetty getty logsave
  distcc ccache aa-exec runcon execlineb trickle eatmydata hyperfine entr entrypoint nodemon pm2-runtime concurrently
  fstab-decode timed-run mispipe lckdo sotruss memusage xtrace fghack heaptrack uclampset coresched pidproxy s6 execline
  foreground background backtick ifelse ifte forx forstdin forbacktickx importas pipeline withstdinas loopwhilex trap
  supervise recordio multilog svlogd tcpserver tcpsvd udpsvd argv0 sv svc systemd run0 varlinkctl portablectl inetd xinetd
  openbsd-inetd tcpd cron crond atd incrond incrontab sudoedit dzdo sesu please runlim stress-ng lockfile-create with-lock-ex
  dotlockfile cgrulesengd cgclassify newuidmap rootlesskit slirp4netns fuse-overlayfs schroot dchroot pbuilder sbuild cowbuilder
  debootstrap mmdebstrap lxc lxd incus conmon youki buildah skopeo singularity apptainer ch-run udocker bubblewrap dockerd
  systemd-analyze x11vnc startx xinit xvfb xpra autossh tmate ltrace sysdig uftrace gdbtui gcore gprofng perf-trace bcc
  autoexpect dislocate kibitz multixterm passmass xkibitz xpstat rftp weather unbuffer dtach abduco reptyr nq fq tsp caffeinate
  daemontools envconsul consul-template chamber aws-vault direnv doppler op dotenvx dotenv foreman honcho circusd overmind
  hivemind forego procodile watchman watchexec watchmedo watchfiles reflex air modd cronolog rotatelogs`;

/** Servers and tools of languages that load what their arguments name: a module, an application, a configuration file. */
const LOADERS = `gunicorn uwsgi flask celery waitress-serve hypercorn twistd uvicorn daphne granian django-admin pserve paster
  hupper airflow dagster luigi dramatiq huey_consumer locust fab invoke inv scrapy sphinx-build mkdocs cookiecutter jupyter
  jupyter-lab jupyter-notebook streamlit pytest py.test nose2 tox nox coverage pylint mypy pdb ipdb bpython ptpython idle
  2to3 cython pyinstaller nuitka alembic virtualenv conda mamba micromamba pipenv pdm hatch rye erb rdbg ri rdoc rspec rails puma
  unicorn thin sidekiq rackup passenger guard cap capistrano resque spring solargraph racc typeprof mocha jest vitest webpack
  vite rollup gulp grunt babel-node eslint next nuxt nest serverless electron playwright cypress zx turbo nx lerna forever
  phpunit artisan drush wp symfony phpstan psalm phar phing groovysh kotlinc jcmd jattach jar jdeps rebar3 texlua openresty
  resty plackup starman hypnotoad morbo ctest cpack ccmake cmake-gui gradlew mvnw dlv rustup bacon bazel buck2 pants tsc`;

/** Programs of a Linux distribution that run commands or hooks, or that can write a file of the caller's choice. */
const SYSTEM_TOOLS = `msgexec msgfilter msginit update-ca-certificates update-initramfs update-grub mkinitcpio dracut
  deb-systemd-invoke deb-systemd-helper ifup ifdown wpa_supplicant wpa_cli dhcpcd udhcpc hostapd pam-auth-update
  needrestart unattended-upgrade apport-cli fail2ban-client procmail maildrop formail fetchmail getmail minicom picocom
  autoconf autoheader autoreconf automake aclocal libtool libtoolize pkgconf dvips yt-dlp youtube-dl zless zmore zdiff
  dnsmasq rsyslogd syslog-ng logcheck fluentd fluent-bit telegraf collectd nrpe check_by_ssh zabbix_agentd snmpd
  ranlib gcc-ar gcc-nm gcc-ranlib llvm-ar bfd gold lld mold sshfs fusermount fusermount3 mount.fuse bindfs encfs gocryptfs
  borg borgmatic restic duplicity rdiff-backup rsnapshot unison syncthing etckeeper gtk-launch gio xdg-open kstart
  sensible-editor sensible-browser sensible-pager x-terminal-emulator x-www-browser www-browser see edit compose print
  flashrom fwupdmgr mokutil efibootmgr grub-install grub-mkconfig debconf-communicate dpkg-reconfigure
  keep-one-running run-one run-one-constantly vidir vipe combine zsync zsyncmake dbus-monitor pkcon pkmon udevadm udisksctl`;

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

/**
 * Names that users also give to their own programs; they count only in a system folder.
 */
export const COMMON = `task service link install patch sort mail just init daemon watch find script batch split view time at rename
  convert crash screen entrypoint logger mount truncate monit play dialog tic ts salt zip socket forge genie top bee eb ab pg pic
  grc codex redis plymouth finger foreground background pipeline trap weather supervise print compose edit see
  combine next nest spring thin guard invoke inv cap op turbo air please bacon pants forever idle coverage reflex chamber
  locust hatch electron wp fq gap gold`;

/** Names that often precede a dot or dash in unrelated names: `time-tracker`, `install.sh`. */
export const EVERYDAY = `go time at task service link install patch sort mail just init daemon watch find more less most script batch
  make split view node rc ts ip tc as pager rename convert monit nano pico micro red joe salt helm rake ant dialog zip crash
  forth crystal screen entrypoint tic tee logger sponge truncate named mount task pry gap socket forge genie top bee eb ab pg
  pic grc codex redis plymouth finger foreground background pipeline trap weather supervise print compose edit see
  combine next nest spring thin guard invoke inv cap op turbo air please bacon pants forever idle coverage reflex chamber locust hatch
  electron wp fq gold jar cron flask celery airflow mount sv dotenv direnv passenger vite jest mocha argv`;

/** All programs that are listed by hand. */
export const LISTED = [SHELLS, LAUNCHERS, LANGUAGES, OTHERS, WRITERS, LOADERS, SYSTEM_TOOLS].join(' ');

/**
 * Services that load code which their arguments or their configuration name, such as `nginx -g "load_module …"` or
 * `redis-server --loadmodule`. They must be listed by name like interpreters, but are not recognized in arguments.
 */
export const SERVICES = `nginx apache2 apache httpd redis-server valkey-server keydb-server sshd postgres postmaster pg_ctl
  pg_ctlcluster mysqld mysqld_safe mariadbd mariadbd-safe haproxy varnishd exim4 dovecot postfix master squid lighttpd caddy
  openresty freeswitch asterisk mongod slapd smbd winbindd rabbitmq-server elasticsearch logstash nagios zabbix_server
  vsftpd proftpd pure-ftpd stunnel stunnel4 keepalived corosync pacemakerd heartbeat containerd crio kubelet buildkitd
  snapd cups cupsd chronyd ntpd frr bird telegraf vector`;
