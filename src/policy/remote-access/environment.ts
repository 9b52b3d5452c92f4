/**
 * Variables by which a program can be made to run other code than its own, by what their names say: the loader's, those
 * of language runtimes, and all that name a place, an option, a command or a start-up file. New runtimes follow the same
 * habits; a list of names alone would always lack one.
 */
const PREFIXES =
  /^(?:LD|DYLD|GLIBC|MALLOC|MUSL|GCONV|NIX|NODE|NPM|YARN|DENO|BUN|PYTHON|PYENV|PIP|VIRTUAL|CONDA|PERL|RUBY|GEM|BUNDLE|PHP|LUA|JAVA|JDK|_JAVA|JVM|DOTNET|CORECLR|COMPLUS|MONO|GO|CARGO|RUST|ERL|ELIXIR|GIT|SSH|BASH|ZSH|KSH|XDG|SYSTEMD|DBUS|DOCKER|KUBE|QT|GTK|GST|GIO|OPENSSL|SSL|PG|MYSQL|HEALER|LISTEN|NOTIFY|SUDO|LC)_?/;
const PARTS =
  /(?:^|_)(?:PATH|PATHS|PRELOAD|PRELOADS|LIB|LIBS|LIBRARY|LIBRARIES|MODULE|MODULES|PLUGIN|PLUGINS|AGENT|HOOK|HOOKS|OPT|OPTS|OPTION|OPTIONS|ARGS|FLAGS|INIT|STARTUP|RC|RCFILE|ENV|HOME|DIR|ROOT|PREFIX|CONFIG|CONF|SHELL|CMD|COMMAND|EXEC|EXECUTABLE|EDITOR|VISUAL|PAGER|BROWSER|TERM|ASKPASS|WRAPPER|LAUNCHER|PROXY|IFS|USER|LOGNAME|MAIL|TZ|TMP|TEMP|LANG|LANGUAGE|DISPLAY|XAUTHORITY)$/;
const JOINED =
  /(?:PATH|PRELOAD|OPTIONS|OPTS?|FLAGS|LIB|HOME|RC|DIR|CMD|INIT|CONFIG|EDITOR|PAGER|SHELLOPTS|LESSOPEN|LESSCLOSE|CDPATH|IFS|ENV|PS4|PROMPT|COMSPEC|LOCALDOMAIN|HOSTALIASES|PROFILE|TERMINFO|TERMCAP)$/;
/** What people do pass to programs, and what comes to no more than data. */
const HARMLESS =
  /^(?:NODE_ENV|PGHOST|PGPORT|PGDATABASE|PGUSER|PGPASSWORD|LC_[A-Z]+|APP_ENV|RAILS_ENV|RACK_ENV|GO_ENV)$/;
const NAME = /^[A-Za-z_]\w*$/;

/** Whether a caller from elsewhere may set this variable of a program. */
export function isHarmlessVariable(name: string): boolean {
  if (!NAME.test(name)) return false;
  const upper = name.toUpperCase();
  if (HARMLESS.test(upper)) return true;
  return !PREFIXES.test(upper) && !PARTS.test(upper) && !JOINED.test(upper);
}
