/**
 * Programs that GTFOBins lists because they can be made to execute code or to write files, in lowercase. Written by
 * "npm run generate" from scripts/gtfobins.json, which scripts/update-gtfobins.mjs takes from
 * https://github.com/GTFOBins/GTFOBins.github.io (GPL-3.0; only the names are used).
 * Commit 7382261ef936e35896ba70e7a6b833352ffb9a22 of 2026-04-20.
 */
export const GTFOBINS = `
  aa-exec ab acr agetty ansible-playbook ansible-test aoss apport-cli apt apt-get aptitude arch-nspawn aria2c arj ash
  asterisk at autoconf autoheader autoreconf awk aws bash bashbug batcat bconsole bee borg bpftrace bundle bundler
  busctl busybox byebug c89 c99 cabal capsh cargo cc cdist certbot chattr check_by_ssh check_log check_ssl_cert chmod
  choom chown chroot chrt clisp cmake cobc code codex composer cowsay cowthink cp cpan cpio cpulimit crash crontab csh
  csplit csvtool ctr curl dash dc dd debugfs dhclient distcc dmesg dmidecode dmsetup dnf dnsmasq doas docker dos2unix
  dosbox dotnet dpkg dstat dvips easy_install easyrsa eb ed elvish emacs enscript env ex exiftool expect facter
  fail2ban-client fastfetch ffmpeg find finger firejail fish flock forge ftp fzf g++ gawk gcc gcloud gdb gem genie
  getent ghc ghci gimp ginsh git gnuplot go grc gtester guile hashcat hg hping3 iconv iftop install ionice ip
  iptables-save irb ispell java jjs joe journalctl jrunscript jshell jtag julia knife ksh ksu kubectl latex latexmk
  ld.so ldconfig less lftp ln loginctl logrotate logsave ltrace lua lualatex luatex lwp-download lxd m4 mail make man
  mawk minicom more mosh-server mount msfconsole msgfilter multitime mv mypy mysql nano nawk nc ncdu ncftp needrestart
  neofetch nginx nice nmap node nohup npm nroff nsenter nvim octave opencode openssl openvpn openvt opkg pandoc passwd
  pdb pdflatex pdftex perf perl perlbug pexec pg php pic pico pidstat pip pipx pkexec pkg plymouth podman poetry posh
  procmail pry psftp psql puppet pwsh python r rake ranger rc red redis restic rlwrap rpm rpmdb rpmquery rpmverify
  rsync rsyslogd rtorrent ruby run-mailcap run-parts runscript rustc rustdoc rustup rview rvim sash scanmem scp screen
  script scrot sed service setarch setcap setfacl setlock sftp sg shred shuf slsh smbclient snap socat socket
  softlimit sort split sqlite3 sqlmap ssh ssh-agent ssh-copy-id ssh-keygen sshfs sshpass sshuttle start-stop-daemon
  stdbuf strace su sudo sysctl systemctl systemd-resolve systemd-run tar task taskset tasksh tclsh tcpdump tcsh
  tdbtool tee telnet tex tftp time timedatectl timeout tmate tmux top torify torsocks tsc tshark unshare unsquashfs
  unzip update-alternatives uv vagrant valgrind varnishncsa vi view vigr vim vimdiff vipw virsh volatility watch
  wg-quick wget whois wireshark wish xargs xdg-user-dir xdotool xelatex xetex xxd yarn yash yt-dlp yum zathura zic zip
  zless zsh zypper`;
