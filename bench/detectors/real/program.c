/* A service in C: program BEHAVIOR AMOUNT [SECONDS]. AMOUNT is in MB, or in MB per minute for leaks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define TICKS_A_SECOND 4
#define ITEMS_A_MB 1000
#define MOST_ITEMS 2000000
static double amount, seconds = 600, owed;
static char *held[MOST_ITEMS];
static int count;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}
static double load_at(double t) { return 1 + sin(2 * M_PI * t / seconds); }
static char *item(void) {
  size_t size = 500 + rand() % 1000;
  return memset(malloc(size), 1, size);
}
static void hold(double mb) {
  for (owed += mb * ITEMS_A_MB; owed >= 1 && count < MOST_ITEMS; owed--) held[count++] = item();
}
static void let_go(double mb) {
  while (count > mb * ITEMS_A_MB) {
    int victim = rand() % count;
    free(held[victim]);
    held[victim] = held[--count];
  }
}
static double per_tick(void) { return amount / 60 / TICKS_A_SECOND; }
static double filling(void) { return amount / seconds / TICKS_A_SECOND; }

static void leak(double t) { hold(per_tick()); }
static void leak_request(double t) { hold(per_tick() * load_at(t)); }
static void leak_after_calm(double t) {
  if (t > seconds) hold(per_tick());
}
static void leak_maps(double t) {
  static double next;
  size_t size = amount * seconds / 60 * 1048576;
  if (t < next) return;
  next += seconds;
  memset(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, size);
}
static void bounded_cache(double t) {
  hold(filling());
  let_go(amount);
}
static void traffic(double t) {
  hold(1);
  let_go(amount / 2 * load_at(t));
}
static void fragmentation(double t) {
  hold(0.5);
  if (count > amount * ITEMS_A_MB) let_go(amount * (0.7 + 0.3 * rand() / RAND_MAX));
}
/* A file that is read once: its pages stay mapped. */
static void mapped_file(double t) {
  static volatile char *pages;
  static size_t read_to, sum;
  size_t size = amount * 1048576;
  if (!pages) {
    FILE *file = tmpfile();
    if (ftruncate(fileno(file), size)) exit(1);
    pages = mmap(NULL, size, PROT_READ, MAP_SHARED, fileno(file), 0);
  }
  for (size_t to = size * fmin(1, t / seconds); read_to < to; read_to += 4096) sum += pages[read_to];
}

static const struct {
  const char *name;
  void (*tick)(double);
} BEHAVIORS[] = {{"leak of mallocs", leak},           {"leak per request", leak_request},   {"leak after calm", leak_after_calm},
                  {"leak of maps", leak_maps},         {"bounded cache", bounded_cache},   {"traffic", traffic},
                  {"fragmentation", fragmentation},    {"mapped file", mapped_file}};

int main(int argc, char **argv) {
  double started = now();
  amount = atof(argv[2]);
  if (argc > 3) seconds = atof(argv[3]);
  for (size_t i = 0; i < sizeof BEHAVIORS / sizeof *BEHAVIORS; i++)
    while (strcmp(BEHAVIORS[i].name, argv[1]) == 0) {
      BEHAVIORS[i].tick(now() - started);
      usleep(1000000 / TICKS_A_SECOND);
    }
  return 1;
}
