#!/bin/sh
# Forks as fast as a shell can, up to a cap that nothing exceeds; what it forked ends by itself after a minute.
# healer: sees more than 50 descendants within a second, kills the whole tree at once and tells a fork bomb; after five
# restarts it rests in a cooldown.
# Arguments: wide (one parent of all), deep (each forks two) or double (daemons in sessions of their own); then the cap,
# 200 unless given.

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

# A tree of N processes: this one, and two trees that share what is left.
deep() {
  left=$(($1 - 1))
  if [ "$left" -ge 1 ]; then deep $((left - left / 2)) & fi
  if [ "$left" -ge 2 ]; then deep $((left / 2)) & fi
  sleep 60
}

# Two processes each: a shell that ends at once, and a sleeper in a session of its own.
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
