#!/bin/sh
# Starts a child that outlives it, prints its pid, and ends.
# healer: after "healer track PID" it ends the child with all that it started once the parent is gone, within a minute;
# by SIGTERM, after 5 s by SIGKILL. What is not tracked is never touched.
# Argument: seconds until it ends, 30 unless given.

sh -c 'sleep 100000 & wait' &
echo "child $!"
sleep "${1:-30}"
