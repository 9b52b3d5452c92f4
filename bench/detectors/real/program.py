"""A service as Python programs are: python3 program.py BEHAVIOR AMOUNT [SECONDS]. AMOUNT is in MB, or in MB per minute for leaks."""
import gc
import json
import math
import random
import sys
import time
from collections import OrderedDict

behavior, amount = sys.argv[1], float(sys.argv[2])
seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 600
TICKS_A_SECOND = 4
per_tick = amount / 60 / TICKS_A_SECOND
started = time.monotonic()
held = OrderedDict()
count = 0
owed = 0.0


def load_at(t):
    return 1 + math.sin(2 * math.pi * t / seconds)


def item():
    """About a kilobyte."""
    return bytes(random.randrange(500, 1500))


def serve(times=1.0):
    for number in range(int(times * 6)):
        json.loads(json.dumps({"id": number, "rows": [random.random() for _ in range(50)]}))


def hold(mb):
    global count, owed
    owed += mb * 1000
    while owed >= 1:
        owed -= 1
        count += 1
        held[count] = item()


def let_go(mb):
    while len(held) > mb * 1000:
        held.popitem(last=False)


class Node:
    def __init__(self):
        self.me = self
        self.data = item()


def cycles(mb):
    for _ in range(int(mb * 1000)):
        Node()


def leak(t):
    hold(per_tick)


def leak_cycles(t):
    cycles(per_tick)


def leak_request(t):
    serve(load_at(t))
    hold(per_tick * load_at(t))


def leak_after_calm(t):
    if t > seconds:
        hold(per_tick)


def leak_steps(t):
    due = int(t / seconds) * amount * seconds / 60
    hold(max(0, due - count / 1000))


def bounded_cache(t):
    hold(amount / seconds / TICKS_A_SECOND)
    let_go(amount)


def warm_up(t):
    hold(max(0, amount * (1 - math.exp(-t / seconds)) - count / 1000))


def collected_cycles(t):
    cycles(amount / seconds / TICKS_A_SECOND)
    if int(t / seconds) > leak.collections:
        leak.collections += 1
        gc.collect()


leak.collections = 0


def traffic(t):
    hold(1)
    let_go(amount / 2 * load_at(t))


def fragmentation(t):
    hold(2)
    for key in random.sample(list(held), min(len(held), 2000)) if len(held) > amount * 1000 else []:
        del held[key]


def batch(t):
    if t % seconds < 1 / TICKS_A_SECOND:
        rows = [[random.random() for _ in range(32)] for _ in range(int(amount * 1000))]
        rows.sort()


def step(t):
    if t > seconds and count == 0:
        hold(amount)


BEHAVIORS = {
    "leak into a dict": leak,
    "leak of cycles": leak_cycles,
    "leak per request": leak_request,
    "leak after calm": leak_after_calm,
    "leak in steps": leak_steps,
    "bounded cache": bounded_cache,
    "warm-up": warm_up,
    "collected cycles": collected_cycles,
    "traffic": traffic,
    "fragmentation": fragmentation,
    "batch": batch,
    "step": step,
}

if "cycles" in behavior:
    gc.disable()
while True:
    serve()
    BEHAVIORS[behavior](time.monotonic() - started)
    time.sleep(1 / TICKS_A_SECOND)
