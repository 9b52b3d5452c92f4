// Waits for a byte, then writes numbered lines of 100 bytes to stdout:  log-writer GO REPORTS NAME LINES WRITE_BYTES
// Reports its start and the end of its last write, and then keeps running, so that it is not restarted.
#include <stdlib.h>
#include <string.h>
#include "report.h"

#define LINE_BYTES 100

static void fill(char *lines, long first, long count) {
  for (long i = 0; i < count; i++) {
    char *line = lines + i * LINE_BYTES;
    char number[24];
    snprintf(number, sizeof number, "%010ld", first + i);
    memcpy(line, number, 10);
    line[10] = ' ';
    memset(line + 11, 'a' + (first + i) % 26, LINE_BYTES - 12);
    line[LINE_BYTES - 1] = '\n';
  }
}

static void write_whole(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written < 0) _exit(4);
    bytes += written;
    length -= written;
  }
}

static void write_lines(char *buffer, long count, size_t write_bytes) {
  // Complete lines are prepared; writes are split by bytes, as by a program with a full stdio buffer.
  long prepared = write_bytes / LINE_BYTES + 2;
  size_t held = 0;
  for (long next = 0; next < count;) {
    long more = count - next < prepared ? count - next : prepared;
    fill(buffer + held, next, more);
    next += more;
    held += more * LINE_BYTES;
    size_t at = 0;
    for (; held - at >= write_bytes; at += write_bytes) write_whole(buffer + at, write_bytes);
    held -= at;
    memmove(buffer, buffer + at, held);
  }
  write_whole(buffer, held);
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  size_t write_bytes = atol(argv[5]);
  char *buffer = malloc(2 * write_bytes + 4 * LINE_BYTES);
  char name[64];
  char byte;
  int go = open(argv[1], O_RDONLY);
  if (go < 0 || read(go, &byte, 1) != 1) return 3;

  long long began_ns = now_ns();
  write_lines(buffer, atol(argv[4]), write_bytes);
  long long ended_ns = now_ns();
  snprintf(name, sizeof name, "%s-began", argv[3]);
  report(argv[2], name, began_ns);
  snprintf(name, sizeof name, "%s-ended", argv[3]);
  report(argv[2], name, ended_ns);
  close(STDOUT_FILENO);
  for (;;) pause();
}
