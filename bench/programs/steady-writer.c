// Writes lines of 100 bytes to stdout, one at a time:  steady-writer REPORTS NAME LINES_PER_SECOND
// 0 lines per second means as fast as possible. After SIGUSR1 it reports as NAME:longest how many ns its longest write has taken
// since the last report.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "report.h"

#define LINE_BYTES 100
#define BURSTS_PER_SECOND 100

static volatile sig_atomic_t is_asked = 0;

static void ask(int number) { is_asked = number; }

static void pause_until(long long due_ns) {
  struct timespec until = {due_ns / 1000000000, due_ns % 1000000000};
  while (!is_asked && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) continue;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  long per_second = atol(argv[3]);
  long burst = per_second == 0 ? 1000 : per_second / BURSTS_PER_SECOND;
  char line[LINE_BYTES + 1];
  char name[64];
  long long longest_ns = 0;
  signal(SIGUSR1, ask);
  memset(line, 'x', LINE_BYTES - 1);
  line[LINE_BYTES - 1] = '\n';
  snprintf(name, sizeof name, "%s:longest", argv[2]);
  report(argv[1], argv[2], now_ns());
  for (long long due_ns = now_ns();; due_ns += 1000000000 / BURSTS_PER_SECOND) {
    for (long at = 0; at < burst; at++) {
      long long began_ns = now_ns();
      if (write(STDOUT_FILENO, line, LINE_BYTES) < 0 && !is_asked) return 4;
      long long took_ns = now_ns() - began_ns;
      if (took_ns > longest_ns) longest_ns = took_ns;
    }
    if (is_asked) {
      report(argv[1], name, longest_ns);
      longest_ns = is_asked = 0;
    }
    if (per_second != 0) pause_until(due_ns);
  }
}
