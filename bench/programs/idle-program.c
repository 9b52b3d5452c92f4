// Reports its start, then waits until it is killed:  idle-program REPORTS NAME
#include "report.h"

int main(int argc, char **argv) {
  long long started_ns = now_ns();
  if (argc != 3) return 2;
  report(argv[1], argv[2], started_ns);
  for (;;) pause();
}
