// A minimal supervisor: a loop around posix_spawn and waitpid.  supervise PROGRAM REPORTS COUNT
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

static pid_t start(char *program, char *reports, int number) {
  char name[16];
  snprintf(name, sizeof name, "p%d", number);
  char *arguments[] = {program, reports, name, NULL};
  pid_t pid;
  if (posix_spawn(&pid, program, NULL, NULL, arguments, environ) != 0) exit(3);
  return pid;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int count = atoi(argv[3]);
  pid_t *pids = calloc(count, sizeof *pids);
  for (int i = 0; i < count; i++) pids[i] = start(argv[1], argv[2], i);
  for (pid_t pid; (pid = waitpid(-1, NULL, 0)) > 0;) {
    for (int i = 0; i < count; i++) {
      if (pids[i] != pid) continue;
      pids[i] = start(argv[1], argv[2], i);
      break;
    }
  }
  return 0;
}
