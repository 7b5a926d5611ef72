/* The account of ticks; see ticks.h. */
#include "ticks.h"

#include <stdio.h>
#include <stdlib.h>

#define US 1000ll
#define SECONDS_AT 21           /* where the seconds stand in a line */
#define AHEAD 10                /* a tick may be so many seconds before its own and is still taken for early */
#define NEAR_US 50000           /* of the second: what is promised of 99 % */

bool account_open(struct account *a)
{
    a->from = a->until = INT64_MAX;
    a->most = (uint64_t)a->watchers * a->seconds * a->places;
    a->away = calloc(a->most, sizeof *a->away);
    a->stamped = true;
    return a->away;
}

/* The Unix second that a tick is of: the zones' offsets are whole minutes, so its seconds are UTC's, too. */
static int64_t second_of(const char *head, int64_t arrived_ns)
{
    int64_t now = arrived_ns / NS;
    int told = (head[SECONDS_AT] - '0') * 10 + head[SECONDS_AT + 1] - '0';
    int64_t ago = ((now - told) % 60 + 60) % 60;
    return now - (ago > 60 - AHEAD ? ago - 60 : ago);
}

void account_tick(struct account *a, struct received *r, const char *head, int64_t arrived_ns)
{
    int64_t second = second_of(head, arrived_ns), *last = &r->last[r->place];
    bool counts = second >= a->from && second < a->until;
    r->place = (r->place + 1) % a->places;
    if (counts && second == *last) {
        a->doubled++;
        return;
    }
    if (counts && second < *last) {
        a->disordered++;
        return;
    }
    *last = second;
    if (!counts)
        return;
    int64_t off = arrived_ns - second * NS;
    uint64_t us = (uint64_t)((off < 0 ? -off : off) / US);
    r->counted++;
    a->early += off < 0;
    a->near += us <= NEAR_US;
    if (a->kept < a->most)
        a->away[a->kept++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

void account_close(struct account *a, const struct received *r)
{
    uint64_t lost = (uint64_t)a->places * a->seconds - r->counted;
    a->counted += r->counted;
    if (lost > a->worst_lost)
        a->worst_lost = lost;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double quantile_ms(const struct account *a, double q)
{
    return a->kept ? a->away[(uint64_t)(q * (double)(a->kept - 1))] / 1e3 : 0;
}

bool account_print(struct account *a, double server_cpu_s, double own_cpu_s)
{
    unsigned long expected = a->most, received = a->counted;
    qsort(a->away, a->kept, sizeof *a->away, ascending);
    printf("{\"watchers\":%u,\"places\":%u,\"seconds\":%u,\"expected\":%lu,\"received\":%lu,\"lost\":%lu,",
           a->watchers, a->places, a->seconds, expected, received, expected - received);
    printf("\"worst_watcher_lost\":%lu,\"doubled\":%lu,\"disordered\":%lu,\"disconnected\":%lu,\"early\":%lu,",
           (unsigned long)a->worst_lost, (unsigned long)a->doubled, (unsigned long)a->disordered,
           (unsigned long)a->disconnected, (unsigned long)a->early);
    printf("\"near\":%.5f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"kernel_stamps\":%s,",
           received ? (double)a->near / (double)received : 0, quantile_ms(a, .5), quantile_ms(a, .99),
           quantile_ms(a, 1), a->stamped ? "true" : "false");
    printf("\"server_cpu\":%.4f,\"own_cpu\":%.4f}\n", server_cpu_s / a->seconds, own_cpu_s / a->seconds);
    return received == expected && !a->doubled && !a->disordered && !a->disconnected;
}
