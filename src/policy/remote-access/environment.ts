import { callerOfVariable } from '../../base/caller-variables.ts';
import { wordsIn } from './word-list.ts';

const anyOf = (text: string): string => wordsIn(text).join('|');

/** Prefixes of dangerous variables, whatever follows: `PERL5LIB`, `RUBYOPT`, `BASHOPTS`. */
const FAMILIES = anyOf(`
  DYLD GLIBC MALLOC MUSL GCONV PYTHON PERL RUBY BASH KSH ZSH PHP LUA JAVA _JAVA JDK JVM GUILE JULIA OCAML CAML GHC PLT TCL
  DOTNET CORECLR COMPLUS ERL ELIXIR XDG SYSTEMD OPENSSL ODBC TEXMF TEXINPUTS LESSKEY KRB5 GNUPG ELECTRON WINE FAKEROOT
  FAKECHROOT PG _MEIPASS`);
/** Prefixes that are followed by an underscore: `GIT_DIR`, but not `GITHUB_TOKEN`. */
const NAMESPACES = anyOf(`
  LD NIX NODE NPM YARN PNPM COREPACK DENO BUN PYENV PIP UV VIRTUALENV CONDA PYSPARK PYINSTALLER PYI _PYI GEM BUNDLE BUNDLER
  CARGO RUST RUSTC RUSTUP GO GIT HG SVN CVS SSH DBUS DOCKER KUBE QT GTK GDK GST GIO GI G PANGO SDL VK OCL CUDA HSA NVIDIA ROCR
  LIBGL MESA GBM EGL __EGL __GLX GLX ALSA PULSE PIPEWIRE SPA OMPI PMIX PMI UCX I_MPI HYDRA SSL SASL GSS NSS MYSQL TNS R MONO
  GDAL MAGICK HEALER SUDO LC LLVM GCOV LTTNG MAVEN GRADLE CATALINA SPARK HADOOP ANSIBLE CLOUDSDK TMUX`);
const WHOLE_NAMES = anyOf(`
  IFS PS4 ENV PWD OLDPWD FPATH FCEDIT EXINIT VIMINIT CC CXX CPP AR LD AS NM RSH SHELL TERM TERMCAP TERMINFO TMUX USER LOGNAME
  MAIL HOME PATH TMP TEMP DISPLAY XAUTHORITY EMU PROGNAME HISTFILE MAILCAPS MAKEFILES RES_OPTIONS LOCALDOMAIN HOSTALIASES
  NLSPATH COMSPEC PROMPT_COMMAND HGMERGE LESS ZIPOPT
  UNZIP GZIP XZ_DEFAULTS GOFLAGS GOENV GODEBUG GOTOOLCHAIN GOPROXY GOSUMDB GOROOT GOBIN
  SSLKEYLOGFILE`);
/** Dangerous last words of a name. */
const LAST_WORDS = anyOf(`
  PRELOADS? LIBS? LIBRARY LIBRARIES MODULES? PLUGINS? AGENT HOOKS? OPT OPTS OPTIONS? ARGS FLAGS STARTUP RCFILE ENVIRON ROOT
  PREFIX CONF SHELL EXEC EXECUTABLES? VISUAL BROWSER ASKPASS WRAPPER LAUNCHER PROXY PYTHON\\d? PERL RUBY JAVA BASH SSH
  INTERPRETER COMPILER LINKER DRIVERS? BACKENDS? ASSEMBLIES ENV INI`);
/** Dangerous endings of a name, with or without an underscore before them. */
const ENDINGS = anyOf(`
  PATHS? PRELOAD OPTIONS OPTS? FLAGS LIB HOME RC DIRS? CMD COMMAND INIT CONFIG EDITOR PAGER LESSOPEN LESSCLOSE RSH PROFILE
  ASSEMBLIES FILENAMES MODULE_FILE (?:RC|CONFIG|CONF|INIT|STARTUP|ENV|CREDENTIALS|PROFILE|DRIVER|TOOLCHAIN|HISTORY)_?FILES?`);
/** Exceptions: common variables that are only data. */
const HARMLESS_NAMES = anyOf(`
  NODE_(?:ENV|NAME|ID|PORT|HOST|IP|ROLE) PG(?:HOST|PORT|DATABASE|USER|PASSWORD) MYSQL_(?:HOST|PORT|DATABASE|USER|PASSWORD)
  (?:APP|RAILS|RACK|GO|JAVA|FLASK|DJANGO|MIX)_ENV LC_[A-Z]+ RUST_(?:LOG|BACKTRACE) SSL_MODE UV_THREADPOOL_SIZE
  GIT_(?:COMMIT|SHA|BRANCH|TAG|REVISION|VERSION)`);

const DANGEROUS = new RegExp(
  `^(?:${FAMILIES})|^(?:${NAMESPACES})_|^(?:${WHOLE_NAMES})$|(?:^|_)(?:${LAST_WORDS})$|(?:${ENDINGS})$`,
);
const HARMLESS = new RegExp(`^(?:${HARMLESS_NAMES})$`);
const NAME = /^[A-Za-z_]\w*$/;

/**
 * Returns whether a remote caller may set this variable of a program. Variables that can make a program run other code are
 * refused by their names: those of the loader and of language runtimes, and all that name a path, an option, a command or
 * a start-up file. So are those by which programs recognize the session or service that they belong to. New runtimes follow the same naming habits, whereas a list of full names would always be incomplete.
 */
export function isHarmlessVariable(name: string): boolean {
  if (!NAME.test(name)) return false;
  const upper = name.toUpperCase();
  if (HARMLESS.test(upper)) return true;
  const caller = callerOfVariable(upper);
  return (caller === null || caller === 'ci') && !DANGEROUS.test(upper);
}
