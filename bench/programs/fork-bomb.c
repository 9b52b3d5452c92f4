/* fork-bomb KIND CAP: forks as fast as possible, at most CAP processes in total; each exits after a minute.
*   wide    one parent, all others are its children
*   deep    each process is the child of the previous one, and all of them fork
*   double  each process forks, starts a new session and leaves its child as an orphan
*   chain   like double, but each process exits after its fork: one is alive at a time, CAP times CAP in total
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static atomic_int *made;
static long cap;

static int may_fork(void) { return atomic_fetch_add(made, 1) < cap; }

static void rest(void) {
  sleep(60);
  _exit(0);
}

static void wide(void) {
  while (may_fork())
    if (fork() == 0) rest();
  rest();
}

static void deep(void) {
  while (may_fork()) fork();
  rest();
}

static void twice(void) {
  while (may_fork()) {
    if (fork() != 0) continue;
    setsid();
    if (may_fork() && fork() != 0) _exit(0);
  }
  rest();
}

static void chain(void) {
  time_t end = time(NULL) + 20;
  while (time(NULL) < end && may_fork()) {
    if (fork() != 0) _exit(0);
    setsid();
  }
  _exit(0);
}

int main(int count, char **words) {
  if (count < 3) return 2;
  cap = atol(words[2]);
  alarm(90);
  made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  dprintf(1, "first fork at %lld\n", now.tv_sec * 1000LL + now.tv_nsec / 1000000);
  if (strcmp(words[1], "wide") == 0) wide();
  if (strcmp(words[1], "deep") == 0) deep();
  if (strcmp(words[1], "double") == 0) twice();
  if (strcmp(words[1], "chain") == 0) {
    cap *= cap;
    chain();
  }
  return 2;
}
