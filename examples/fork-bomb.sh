#!/bin/sh
# Forks as fast as a shell can, up to a fixed maximum. The processes exit after a minute.
# healer: detects more than 50 descendants within a second, kills the whole tree at once and reports a fork bomb. After
# five restarts, the program is in cooldown.
# Arguments: wide (one parent), deep (each process forks two) or double (daemons in their own sessions), and the
# maximum (default 200).

kind=${1:-wide}
cap=${2:-200}

wide() {
  made=0
  while [ "$made" -lt "$cap" ]; do
    sleep 60 &
    made=$((made + 1))
  done
  sleep 60
}

# Starts a tree of N processes: this one, and two trees of half the remaining number.
deep() {
  left=$(($1 - 1))
  if [ "$left" -ge 1 ]; then deep $((left - left / 2)) & fi
  if [ "$left" -ge 2 ]; then deep $((left / 2)) & fi
  sleep 60
}

# Starts two processes each: a shell that exits at once, and a sleeping process in its own session.
double() {
  made=0
  while [ "$made" -lt "$cap" ]; do
    (setsid sleep 60 &)
    made=$((made + 1))
  done
  sleep 60
}

case $kind in
  wide | deep | double) "$kind" "$cap" ;;
  *)
    echo "usage: fork-bomb.sh wide|deep|double [CAP]" >&2
    exit 2
    ;;
esac
