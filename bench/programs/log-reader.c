// A minimal log collector: reads a pipe and writes a file.  log-reader FILE REPORTS NAME WRITER ARGUMENTS...
#define _GNU_SOURCE
#include <spawn.h>
#include "report.h"

extern char **environ;

static pid_t start(char **arguments, int stdout_fd) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, stdout_fd, STDOUT_FILENO);
  pid_t pid;
  if (posix_spawn(&pid, arguments[0], &actions, NULL, arguments, environ) != 0) _exit(3);
  return pid;
}

int main(int argc, char **argv) {
  static char buffer[64 * 1024];
  int ends[2];
  if (argc < 5 || pipe2(ends, O_CLOEXEC) != 0) return 2;
  int file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  start(argv + 4, ends[1]);
  close(ends[1]);
  for (ssize_t length; (length = read(ends[0], buffer, sizeof buffer)) > 0;) {
    if (write(file, buffer, length) != length) return 4;
  }
  report(argv[2], argv[3], now_ns());
  for (;;) pause();
}
