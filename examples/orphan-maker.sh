#!/bin/sh
# Starts a child that outlives it, prints its pid, and exits.
# healer: after "healer track PID", terminates the child and its descendants within a minute after the parent has exited: with
# SIGTERM, and after 5 s with SIGKILL. Processes that are not tracked are not affected.
# Argument: seconds until it exits (default 30).

sh -c 'sleep 100000 & wait' &
echo "child $!"
sleep "${1:-30}"
