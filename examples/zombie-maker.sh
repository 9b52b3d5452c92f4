#!/bin/sh
# Leaves zombies: the shell that started the children is replaced by a program that never reaps them.
# healer: "healer zombies" lists them. A scan, or "healer zombies --clean", asks the parent to reap them; zombies that remain
# after 5 s are reported once. With "zombies: restart-parent" in its definition, the program is restarted, which removes them.
# Argument: the number of zombies (default 10).

count=${1:-10}
made=0
while [ "$made" -lt "$count" ]; do
  sleep 1 &
  made=$((made + 1))
done
exec sleep 100000
