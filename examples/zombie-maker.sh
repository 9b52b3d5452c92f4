#!/bin/sh
# Leaves dead children unreaped: the shell that started them becomes a program that never waits for any.
# healer: shows them in "healer zombies"; its scan, or "healer zombies --clean", asks the parent to reap them and, after
# 5 s, tells them once. With "zombies: restart-parent" in its definition the program is restarted, and they are gone.
# Argument: how many, 10 unless given.

count=${1:-10}
made=0
while [ "$made" -lt "$count" ]; do
  sleep 1 &
  made=$((made + 1))
done
exec sleep 100000
