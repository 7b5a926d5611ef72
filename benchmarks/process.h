/* What a small program needs of its process: an end with a word, whole numbers, the clock, processor time. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>

/* Say why on standard error, and exit with 2. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A whole number of the command line; dies where it is none, or out of its range. */
unsigned number(const char *text, unsigned least, unsigned greatest);

/* This host's clock, in nanoseconds of Unix time. */
int64_t wall_ns(void);

/* Processor time so far, in seconds: of some processes with their threads, and of this one. */
double server_cpu(const int *pids, unsigned npids);
double own_cpu(void);

#endif
